"""Ledger accounts of a plugin, such as those of its points."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.domain.identifiers import CustomerId
from core.domain.ledger.accounts import LedgerAccountId
from core.domain.ledger.transfers import TransferId, TransferState


class TransferEnd(StrEnum):
    """``POST`` moves the held amount, ``VOID`` releases it."""

    POST = "post"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopLot:
    """A part of a balance. ``remaining`` units are neither spent nor held.

    ``expires_at`` None: it never ends.
    """

    source: str
    remaining: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopAccount:
    """``available`` is what can be spent: posted − held + credit limit.

    ``unit`` is ``points`` or an ISO 4217 currency in minor units. ``lots`` are those that have
    units left, earliest expiry first; an account with a credit limit has none.
    """

    id: LedgerAccountId
    kind: str
    unit: str
    posted: int
    held: int
    available: int
    lots: tuple[ShopLot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopTransferInput:
    """Moves ``amount`` units from one account of the plugin to another one.

    ``reason`` is a code such as ``order``. ``source`` and ``expires_at`` describe the lot that the
    receiver gets. ``reverses`` is the transfer that this one gives back, whole or in part.
    """

    payer: LedgerAccountId
    receiver: LedgerAccountId
    amount: int
    reason: str
    source: str = ""
    expires_at: datetime | None = None
    reverses: TransferId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopTransfer:
    """``hold_until`` is None for a transfer in one phase."""

    id: TransferId
    state: TransferState
    at: datetime
    hold_until: datetime | None


class ShopAccounts(Protocol):
    """Uses the ledger. Needs the capability ``accounts``.

    A plugin has kinds of accounts of its own, and sees no other account: those are `NotFound`.
    Each change is in the audit log. Transfers are idempotent by their key for ever: a second call
    with the same key returns the first transfer.
    """

    async def open(
        self, kind: str, unit: str, customer_id: CustomerId | None = None, credit_limit: int = 0
    ) -> ShopAccount:
        """Open the account of a member, or return the one that it has of this kind and unit.

        ``kind`` is a name in the plugin: 1 to 40 lowercase letters, digits and underscores.
        Without ``customer_id`` it is an account of the shop, which has no limit whatever
        ``credit_limit`` is: the other side of what members receive and pay.

        Raises:
            Invalid: the unit is no currency, or the kind or the limit is wrong.
            NotFound: there is no such member.
        """

    async def balance(self, account_id: LedgerAccountId) -> ShopAccount:
        """Raises `NotFound`."""

    async def transfer(self, details: ShopTransferInput, idempotency_key: str) -> ShopTransfer:
        """Transfer in one phase, or give a transfer back.

        Raises:
            InsufficientBalance: the payer has less available.
            Invalid: the amount is not above zero, or the accounts have different units.
            KeyReused: the key belongs to another transfer.
            NotFound: an account, or the transfer to reverse, is unknown.
            ReversalTooLarge: it was given back already.
        """

    async def hold(
        self, details: ShopTransferInput, until: datetime, idempotency_key: str
    ) -> ShopTransfer:
        """Hold the amount until a moment, or until `end_hold`. Raises as `transfer`."""

    async def end_hold(self, transfer_id: TransferId, end: TransferEnd) -> None:
        """Post or void a held transfer. Both are idempotent.

        Raises:
            IllegalTransition: the other one was done, or the time of the hold is over.
            NotFound: the plugin has no such transfer.
        """
