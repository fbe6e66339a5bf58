"""Accounts and transfers of the cases, and the check of the books."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from core.domain.ledger.accounts import (
    POINTS,
    LedgerAccount,
    LedgerAccountId,
    LedgerAccountKind,
    Owner,
    OwnerKind,
    shop_account,
)
from core.domain.ledger.transfers import (
    Line,
    Transfer,
    TransferId,
    TransferState,
    payment,
)
from ports.unit_of_work import UnitOfWork, UnitsOfWork

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SOON, LATER = NOW + timedelta(days=1), NOW + timedelta(days=90)

PHASES: tuple[Callable[[UnitOfWork, Transfer], Awaitable[Transfer]], ...] = (
    lambda unit, transfer: unit.transfers.hold(transfer, SOON),
    lambda unit, transfer: unit.transfers.transfer(transfer),
)
"""The first phase of two, and a transfer in one phase."""


def a_member_account() -> LedgerAccount:
    return LedgerAccount(
        id=LedgerAccountId(uuid4()),
        owner=Owner(OwnerKind.MEMBER, uuid4()),
        unit=POINTS,
        kind=LedgerAccountKind.POINTS,
    )


def a_shop_account(kind: LedgerAccountKind, unit: str = POINTS) -> LedgerAccount:
    return shop_account(LedgerAccountId(uuid4()), kind, unit)


def a_transfer(
    payer: LedgerAccount,
    receiver: LedgerAccount,
    units: int,
    key: str = "",
    *,
    at: datetime = NOW,
    expires_at: datetime | None = None,
) -> Transfer:
    return Transfer(
        id=TransferId(uuid4()),
        key=key or str(uuid4()),
        reason="order",
        at=at,
        lines=payment(payer, receiver, units, expires_at=expires_at),
    )


def a_refund(
    payer: LedgerAccount, receiver: LedgerAccount, spent: Transfer, units: int, at: datetime
) -> Transfer:
    """Give back units of ``spent``, which ``payer`` paid to ``receiver``."""
    return Transfer(
        id=TransferId(uuid4()),
        key=str(uuid4()),
        reason="refund",
        at=at,
        lines=payment(receiver, payer, units),
        reverses=spent.id,
    )


async def refund(
    units: UnitsOfWork,
    member: LedgerAccount,
    shop: LedgerAccount,
    spent: Transfer,
    count: int,
    at: datetime,
) -> None:
    async with units() as unit:
        await unit.transfers.transfer(a_refund(member, shop, spent, count, at))
        await unit.commit()


async def accounts_with(units: UnitsOfWork, balance: int) -> tuple[LedgerAccount, LedgerAccount]:
    """A member with a lot of points that never expires, and the account that issued it."""
    async with units() as unit:
        member = await unit.ledger_accounts.open(a_member_account())
        shop = await unit.ledger_accounts.open(a_shop_account(LedgerAccountKind.ISSUED))
        await unit.commit()
    if balance:
        await give(units, shop, member, balance, None)
    return member, shop


async def give(
    units: UnitsOfWork,
    shop: LedgerAccount,
    member: LedgerAccount,
    count: int,
    expires_at: datetime | None,
) -> Transfer:
    given = a_transfer(shop, member, count, expires_at=expires_at)
    async with units() as unit:
        await unit.transfers.transfer(given)
        await unit.commit()
    return given


async def numbers(units: UnitsOfWork, account: LedgerAccount) -> tuple[int, int, int]:
    """``(posted, held, available)``."""
    async with units() as unit:
        found = await unit.ledger_accounts.get(account.id)
    return found.posted, found.held, found.available


async def lots(units: UnitsOfWork, account: LedgerAccount) -> list[tuple[int, datetime | None]]:
    """``(remaining, expires at)`` of each lot that has units."""
    async with units() as unit:
        found = await unit.ledger_accounts.lots(account.id)
    return [(lot.remaining, lot.expires_at) for lot in found]


async def check_books(units: UnitsOfWork, *accounts: LedgerAccount) -> None:
    """Each account is the sum of its lines, its lots are its balance, and all sum to zero."""
    total = 0
    async with units() as unit:
        for each in accounts:
            account = await unit.ledger_accounts.get(each.id)
            found = await unit.ledger_accounts.transfers(each.id, 10_000)
            lines = [(entry.state, line) for entry in found for line in _own(entry, account)]
            posted = sum(line.amount for state, line in lines if state is TransferState.POSTED)
            held = -sum(min(line.amount, 0) for state, line in lines if state is TransferState.HELD)
            assert (account.posted, account.held) == (posted, held)
            total += posted
            if account.has_lots:
                remaining = sum(lot.remaining for lot in await unit.ledger_accounts.lots(each.id))
                assert remaining == max(0, account.posted - account.held)
    assert total == 0


def _own(transfer: Transfer, account: LedgerAccount) -> list[Line]:
    return [line for line in transfer.lines if line.account_id == account.id]
