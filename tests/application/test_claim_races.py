"""Concurrent buyers of a limited offer, and the guards that keep its limits."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from adapters.database.claims import quotas as sql_quotas
from adapters.database.claims import repository, statements
from adapters.database.tables.claims import claims as claims_table
from adapters.database.tables.claims import quota_uses, quotas
from core.domain.claims import SHARDS, Claim, OrderEnd
from core.domain.identifiers import LocationCode
from entrepot.assembly.shop import Shop
from tests.application.test_claims import COUPON, ROUND, order, place, taken, used
from tests.bank import SMALL, checkout, fill
from tests.factories import stock_up
from tests.invariants import violations
from tests.threads import in_threads

pytestmark = pytest.mark.anyio

STOCK = 1_000


async def buy_at_once(shop: Shop, *claims: Claim) -> int:
    """Fifty buyers in five threads. Returns the number of orders."""
    await stock_up(shop)
    await shop.count_stock()(SMALL, LocationCode("main"), STOCK)
    owners = [await fill(shop, f"cart {number}") for number in range(50)]
    forms = [await checkout(shop, owner) for owner in owners]

    async def buy(mine: Shop, number: int) -> None:
        await order(mine, owners[number], forms[number], *claims)

    return await in_threads(shop, buy)


@pytest.mark.slow
async def test_fifty_buyers_in_threads_get_ten_uses(shop: Shop) -> None:
    hot = replace(ROUND, key="a hot one", shards=SHARDS)
    assert await buy_at_once(shop, ROUND, hot) == 10
    assert await taken(shop) == 20
    assert await violations(shop.database()) == []


@pytest.mark.slow
async def test_without_the_guard_an_offer_is_used_too_often(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same race without the condition in WHERE. The CHECK constraint sees another limit."""
    lax = (
        update(quotas)
        .where(*statements.COUNTER)
        .values({"taken": quotas.c.taken + statements.UNITS, "limit": STOCK})
    )
    monkeypatch.setattr(sql_quotas, "TAKE", lax)
    assert await buy_at_once(shop, ROUND) > 10


async def test_without_the_guard_a_person_uses_an_offer_too_often(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    lax = (
        update(quota_uses)
        .where(*statements.OF_PERSON)
        .values(taken=quota_uses.c.taken + statements.UNITS)
        .returning(quota_uses.c.id)
    )
    monkeypatch.setattr(sql_quotas, "USE", lax)
    await stock_up(shop)
    for number in range(2):
        await place(shop, COUPON, cart=f"cart {number}")
    assert await used(shop) == [2]


async def test_without_the_guard_a_claim_is_given_back_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock_up(shop)
    await place(shop, ROUND, cart="another")
    placed = await place(shop, ROUND)

    async def release() -> None:
        async with shop.units()() as unit:
            await unit.claims.release(placed.id, OrderEnd.CANCELLED)
            await unit.commit()

    await release()
    await release()
    assert await taken(shop) == 1
    in_every_state = update(claims_table).where(statements.OF_ORDER).values(state="released")
    monkeypatch.setattr(repository, "RELEASE_CLAIMS", in_every_state.returning(*claims_table.c))
    await release()
    assert await taken(shop) == 0
    assert any("round" in each for each in await violations(shop.database()))
