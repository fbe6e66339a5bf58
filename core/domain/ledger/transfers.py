"""Transfers: balanced changes of ledger accounts, in one or two phases."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from core.domain.errors import DomainError, Invalid
from core.domain.ledger.accounts import LedgerAccount, LedgerAccountId

TransferId = NewType("TransferId", UUID)
"""UUIDv7 of a transfer between ledger accounts."""

FEWEST_LINES = 2


class TransferState(StrEnum):
    """A transfer in one phase is posted at once."""

    HELD = "held"
    POSTED = "posted"
    VOID = "void"


# Every move a transfer can make. A move that is not here raises.
MOVES: dict[tuple[TransferState, str], TransferState] = {
    (TransferState.HELD, "post"): TransferState.POSTED,
    (TransferState.HELD, "void"): TransferState.VOID,
}


class ReversalTooLarge(DomainError):
    """More is given back than the transfer has left."""

    code = "reversal_too_large"
    template = "This is more than the transfer has left to give back."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A signed change of one account: below zero it pays, above zero it receives.

    ``source`` (a code such as ``bonus``) and ``expires_at`` describe the lot that an account with
    lots receives.
    """

    account_id: LedgerAccountId
    unit: str
    amount: int
    source: str = ""
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.amount:
            raise Invalid("amount", "An amount of a transfer cannot be zero.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Lines that sum to zero in each unit, at most one for each account. Immutable.

    ``key`` is an idempotency key: the ledger answers a repetition with the first transfer. It must
    not lead to a person. ``reason`` is a code such as ``order``. A hold ends at ``hold_until``,
    which is None for a transfer in one phase. ``reverses`` is the transfer that this one gives
    back, whole or in part.
    """

    id: TransferId
    key: str
    reason: str
    at: datetime
    lines: tuple[Line, ...]
    state: TransferState = TransferState.HELD
    hold_until: datetime | None = None
    reverses: TransferId | None = None

    def __post_init__(self) -> None:
        sums: Counter[str] = Counter()
        for line in self.lines:
            sums[line.unit] += line.amount
        accounts = {line.account_id for line in self.lines}
        if len(self.lines) < FEWEST_LINES or len(accounts) < len(self.lines):
            raise Invalid("lines", "A transfer needs two accounts or more, each of them once.")
        if any(sums.values()):
            raise Invalid("lines", "The lines of a transfer must sum to zero.")

    def is_repetition_of(self, first: "Transfer") -> bool:
        """Whether both make the same changes in as many phases, for the same reason."""
        return _effect(self) == _effect(first)


def payment(
    payer: LedgerAccount,
    receiver: LedgerAccount,
    amount: int,
    *,
    source: str = "",
    expires_at: datetime | None = None,
) -> tuple[Line, Line]:
    """The two lines that move ``amount`` units from one account to another."""
    return (
        Line(account_id=payer.id, unit=payer.unit, amount=-amount),
        Line(
            account_id=receiver.id,
            unit=receiver.unit,
            amount=amount,
            source=source,
            expires_at=expires_at,
        ),
    )


def reversed_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines that give all of ``lines`` back."""
    return tuple(
        Line(account_id=line.account_id, unit=line.unit, amount=-line.amount) for line in lines
    )


def _effect(transfer: Transfer) -> tuple[object, ...]:
    changes = {line.account_id: line.amount for line in transfer.lines}
    return transfer.reason, transfer.reverses, transfer.hold_until is None, changes
