"""Ledger accounts are opened, spent in one or two phases, given back, and expire."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, update

from adapters.database.ledger import expiry, records, statements
from adapters.database.ledger.statements import UNITS, change
from adapters.database.tables.ledger import ledger_accounts, ledger_lines, ledger_transfers
from core.application.ledger.transfers import TransferInput
from core.domain.errors import Invalid, KeyReused
from core.domain.ledger.accounts import (
    POINTS,
    SHOP,
    InsufficientBalance,
    LedgerAccount,
    LedgerAccountKind,
    Owner,
    OwnerKind,
)
from core.domain.ledger.transfers import ReversalTooLarge, payment, reversed_lines
from entrepot.assembly.shop import Shop
from tests.application.test_account_races import CommitTogether
from tests.conftest import ON_POSTGRESQL
from tests.factories import NOW
from tests.invariants import violations
from tests.threads import in_threads

pytestmark = pytest.mark.anyio

LATER = timedelta(days=30)


async def points_of(shop: Shop, person: UUID | None = None) -> LedgerAccount:
    owner = Owner(OwnerKind.MEMBER, person or uuid4())
    return await shop.open_ledger_account()(owner, LedgerAccountKind.POINTS, POINTS)


async def issued(shop: Shop) -> LedgerAccount:
    return await shop.open_ledger_account().of_shop(LedgerAccountKind.ISSUED, POINTS)


async def member_with(
    shop: Shop, units: int, expires_at: datetime | None = None
) -> tuple[LedgerAccount, LedgerAccount]:
    """A member with a lot of points, and the account of the shop that issued it."""
    member, source = await points_of(shop), await issued(shop)
    lines = payment(source, member, units, source="welcome", expires_at=expires_at)
    await shop.make_transfer()(details(lines))
    return member, source


def details(lines: Any, key: str = "", **changes: Any) -> TransferInput:
    return TransferInput(key=key or str(uuid4()), reason="order", lines=lines, **changes)


async def balance(shop: Shop, account: LedgerAccount) -> tuple[int, int]:
    """``(posted, held)``."""
    async with shop.units()() as unit:
        found = await unit.ledger_accounts.get(account.id)
    return found.posted, found.held


async def test_a_hold_is_posted_or_void(shop: Shop) -> None:
    member, source = await member_with(shop, 100)
    until = shop.now()() + LATER
    spent = await shop.hold_transfer()(details(payment(member, source, 30)), until)
    kept = await shop.hold_transfer()(details(payment(member, source, 20)), until)
    assert await balance(shop, member) == (100, 50)
    for _ in range(2):
        await shop.end_transfer_hold().post(spent.id)
        await shop.end_transfer_hold().void(kept.id)
    assert await balance(shop, member) == (70, 0)
    assert await violations(shop.database()) == []


async def test_a_repeated_key_has_one_effect(shop: Shop) -> None:
    member, source = await member_with(shop, 100)
    once = details(payment(member, source, 30), "once")
    first = await shop.make_transfer()(once)
    assert await shop.make_transfer()(once) == first
    with pytest.raises(KeyReused):
        await shop.make_transfer()(replace(once, reason="another"))
    assert await balance(shop, member) == (70, 0)


async def test_wrong_transfers_are_refused(shop: Shop) -> None:
    member, source = await member_with(shop, 100)
    there, back = payment(member, source, 30)
    for lines in ([there], [there, there], [there, replace(back, amount=29)]):
        with pytest.raises(Invalid):
            await shop.make_transfer()(details(lines))
    with pytest.raises(Invalid):
        replace(there, amount=0)
    for unit, limit in (("yuan", 0), (POINTS, 1)):
        with pytest.raises(Invalid):
            await shop.open_ledger_account()(member.owner, LedgerAccountKind.POINTS, unit, limit)


async def test_a_hold_gives_nothing_back(shop: Shop) -> None:
    """It would not count what it gives back, so the same transfer could be given back again."""
    member, source = await member_with(shop, 100)
    spent = await shop.make_transfer()(details(payment(member, source, 30)))
    back = details(reversed_lines(spent.lines), reverses=spent.id)
    with pytest.raises(Invalid, match="one phase"):
        await shop.hold_transfer()(back, shop.now()() + LATER)


async def test_the_accounts_of_an_owner_are_found(shop: Shop) -> None:
    member, _ = await member_with(shop, 100)
    async with shop.units()() as unit:
        (own,) = await unit.ledger_accounts.of(member.owner)
        (source,) = await unit.ledger_accounts.of(SHOP)
        (entry,) = await unit.ledger_accounts.transfers(own.id, 9)
    assert (own.posted, source.posted) == (100, -100)
    assert [line.source for line in entry.lines if line.amount > 0] == ["welcome"]


async def test_expired_holds_are_void(shop: Shop) -> None:
    member, source = await member_with(shop, 100)
    now = shop.now()()
    await shop.hold_transfer()(details(payment(member, source, 30)), now + LATER)
    posted = await shop.hold_transfer()(details(payment(member, source, 20)), now + LATER)
    await shop.end_transfer_hold().post(posted.id)
    assert await shop.end_expired_transfer_holds()() == 0
    later = replace(shop.end_expired_transfer_holds(), now=lambda: now + LATER)
    assert await later() == 1
    assert await later() == 0
    assert await balance(shop, member) == (80, 0)
    assert await violations(shop.database()) == []


async def test_a_hold_that_is_posted_meanwhile_does_not_expire(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    member, source = await member_with(shop, 100)
    now = shop.now()()
    held = await shop.hold_transfer()(details(payment(member, source, 30)), now + LATER)
    await shop.end_transfer_hold().post(held.id)

    async def seen_before(*_: object) -> list[UUID]:
        return [held.id]

    monkeypatch.setattr("adapters.database.ledger.expiry.SqlLedgerExpiry.holds", seen_before)
    assert await shop.end_expired_transfer_holds()() == 0
    assert await balance(shop, member) == (70, 0)


async def test_expired_lots_go_to_the_shop(shop: Shop) -> None:
    now = shop.now()()
    member, source = await member_with(shop, 100, now + LATER)
    await shop.make_transfer()(details(payment(source, member, 40)))
    await shop.make_transfer()(details(payment(member, source, 30)))
    assert await shop.expire_lots()() == 0
    later = replace(shop.expire_lots(), now=lambda: now + LATER)
    assert await later() == 1
    assert await later() == 0
    assert await balance(shop, member) == (40, 0)
    expired = await shop.open_ledger_account().of_shop(LedgerAccountKind.EXPIRED, POINTS)
    assert expired.posted == 70
    assert await violations(shop.database()) == []


async def test_what_was_earned_is_taken_back_below_zero(shop: Shop) -> None:
    member, source = await member_with(shop, 100)
    earned = details(payment(source, member, 50))
    first = await shop.make_transfer()(earned)
    await shop.make_transfer()(details(payment(member, source, 120)))
    back = details(reversed_lines(first.lines), reverses=first.id)
    await shop.make_transfer()(back)
    assert await balance(shop, member) == (-20, 0)
    with pytest.raises(InsufficientBalance) as refused:
        await shop.make_transfer()(details(payment(member, source, 1)))
    assert (refused.value.account_id, refused.value.available) == (member.id, -20)
    with pytest.raises(ReversalTooLarge):
        await shop.make_transfer()(replace(back, key="again"))
    assert await violations(shop.database()) == []


async def spend_at_once(shop: Shop, payer: LedgerAccount, receiver: LedgerAccount) -> int:
    """Fifty spenders in five threads, each of ten units. Returns the number that succeeded."""
    until = shop.now()() + LATER

    async def spend(mine: Shop, number: int) -> None:
        ten = details(payment(payer, receiver, 10))
        if number % 2:
            await mine.make_transfer()(ten)
        else:
            held = await mine.hold_transfer()(ten, until)
            await mine.end_transfer_hold().post(held.id)

    return await in_threads(shop, spend)


async def company_with(shop: Shop, limit: int) -> LedgerAccount:
    owner = Owner(OwnerKind.COMPANY, uuid4())
    return await shop.open_ledger_account()(owner, LedgerAccountKind.CREDIT, POINTS, limit)


async def test_fifty_spenders_in_threads_spend_one_balance_exactly(shop: Shop) -> None:
    member, source = await member_with(shop, 100)
    assert await spend_at_once(shop, member, source) == 10
    assert await balance(shop, member) == (0, 0)
    assert await violations(shop.database()) == []


async def test_without_the_guard_a_limit_is_exceeded(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same race without the condition in WHERE. The CHECK constraint sees another limit."""
    company, source = await company_with(shop, 100), await issued(shop)
    posted, held = ledger_accounts.c.posted, ledger_accounts.c.held
    lax = {"credit_limit": 10_000}
    monkeypatch.setattr(statements, "SPEND", change(None, posted=posted - UNITS, **lax))
    monkeypatch.setattr(statements, "HOLD", change(None, held=held + UNITS, **lax))
    assert await spend_at_once(shop, company, source) == 50
    assert await balance(shop, company) == (-500, 0)


async def test_without_the_guard_a_transfer_is_given_back_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    member, source = await member_with(shop, 100)
    spent = await shop.make_transfer()(details(payment(member, source, 40)))
    back = details(reversed_lines(spent.lines), reverses=spent.id)
    await shop.make_transfer()(back)
    with pytest.raises(ReversalTooLarge):
        await shop.make_transfer()(replace(back, key="again"))
    line = (
        ledger_lines.c.transfer_id == bindparam("of_transfer"),
        ledger_lines.c.account_id == bindparam("of_account"),
    )
    lax = update(ledger_lines).where(*line).values(reversed=UNITS)
    monkeypatch.setattr(records, "REVERSE_LINE", lax)
    await shop.make_transfer()(replace(back, key="again"))
    assert await balance(shop, member) == (140, 0)


async def test_without_the_guard_a_hold_is_ended_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    member, source = await member_with(shop, 100)
    tenth = details(payment(member, source, 10))
    await shop.hold_transfer()(details(payment(member, source, 10)), NOW)
    held = await shop.hold_transfer()(tenth, NOW)
    await shop.end_transfer_hold().post(held.id)
    await shop.end_transfer_hold().post(held.id)
    assert await balance(shop, member) == (90, 10)
    lax = update(ledger_transfers).where(ledger_transfers.c.id == bindparam("of_transfer"))
    monkeypatch.setattr(records, "END_HOLD", lax.values(state=bindparam("new_state")))
    await shop.end_transfer_hold().post(held.id)
    assert await balance(shop, member) == (80, 0)
    assert await violations(shop.database()) != []


async def expire_at_once(shop: Shop, patch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Four workers expire one lot. Returns the balance afterwards."""
    now = shop.now()()
    member, _ = await member_with(shop, 100, now + LATER)
    CommitTogether(patch)
    expire = replace(shop.expire_lots(), now=lambda: now + LATER)
    await asyncio.gather(*(expire() for _ in range(4)))
    return await balance(shop, member)


@pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True)
async def test_concurrent_workers_expire_a_lot_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await expire_at_once(shop, monkeypatch) == (0, 0)
    assert await violations(shop.database()) == []


@pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True)
async def test_without_the_lock_a_lot_expires_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked = statements.LOCK_ACCOUNT._clone()
    unlocked._for_update_arg = None
    monkeypatch.setattr(expiry, "LOCK_ACCOUNT", unlocked)
    posted, _ = await expire_at_once(shop, monkeypatch)
    assert posted < 0
