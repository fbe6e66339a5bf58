"""Transfers between ledger accounts, in one phase or in two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.application.retries import retrying
from core.domain.errors import Invalid
from core.domain.ledger.transfers import Line, Transfer, TransferId
from ports.clock import Clock, NewId
from ports.unit_of_work import RepeatableUnits


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferInput:
    """What to transfer. ``key`` is an idempotency key, ``reason`` a code such as ``order``.

    ``reverses`` is the transfer that is given back.
    """

    key: str
    reason: str
    lines: Sequence[Line]
    reverses: TransferId | None = None


@dataclass(frozen=True, slots=True)
class HoldTransfer:
    """Hold the amounts of a transfer until a moment. Idempotent by ``TransferInput.key``.

    Raises:
        InsufficientBalance: an account has less available.
        Invalid: the lines do not sum to zero in each unit, or give a transfer back.
        KeyReused: the key belongs to another transfer.
        NotFound: an account is unknown.
    """

    units: RepeatableUnits
    now: Clock
    new_id: NewId

    async def __call__(self, details: TransferInput, until: datetime) -> Transfer:
        if details.reverses is not None:
            # Only a transfer in one phase counts what it gives back.
            raise Invalid("reverses", "A transfer is given back in one phase.")
        transfer = _transfer(details, self.new_id, self.now)

        async def once() -> Transfer:
            async with self.units() as unit:
                held = await unit.transfers.hold(transfer, until)
                await unit.commit()
            return held

        return await retrying(once, repeatable=True)


@dataclass(frozen=True, slots=True)
class EndTransferHold:
    """Post or void a held transfer. Both are idempotent, also after the end of the hold.

    Raises:
        IllegalTransition: the other one was done.
        NotFound: the transfer is unknown.
    """

    units: RepeatableUnits
    now: Clock

    async def post(self, transfer_id: TransferId) -> None:
        async def once() -> None:
            async with self.units() as unit:
                await unit.transfers.post(transfer_id, self.now())
                await unit.commit()

        await retrying(once, repeatable=True)

    async def void(self, transfer_id: TransferId) -> None:
        async def once() -> None:
            async with self.units() as unit:
                await unit.transfers.void(transfer_id, self.now())
                await unit.commit()

        await retrying(once, repeatable=True)


@dataclass(frozen=True, slots=True)
class MakeTransfer:
    """Transfer in one phase, or give a transfer back. Idempotent by ``TransferInput.key``.

    Raises:
        InsufficientBalance: an account has less available.
        Invalid: the lines do not sum to zero in each unit.
        KeyReused: the key belongs to another transfer.
        NotFound: an account, or the transfer to reverse, is unknown.
        ReversalTooLarge: a line was reversed already.
    """

    units: RepeatableUnits
    now: Clock
    new_id: NewId

    async def __call__(self, details: TransferInput) -> Transfer:
        transfer = _transfer(details, self.new_id, self.now)

        async def once() -> Transfer:
            async with self.units() as unit:
                made = await unit.transfers.transfer(transfer)
                await unit.commit()
            return made

        return await retrying(once, repeatable=True)


def _transfer(details: TransferInput, new_id: NewId, now: Clock) -> Transfer:
    return Transfer(
        id=TransferId(new_id()),
        key=details.key,
        reason=details.reason,
        at=now(),
        lines=tuple(details.lines),
        reverses=details.reverses,
    )
