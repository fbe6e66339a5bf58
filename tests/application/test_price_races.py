"""Concurrent buyers of the last uses of a promotion, and the guard that keeps its limit."""

import pytest
from sqlalchemy import update

from adapters.database.claims import quotas as sql_quotas
from adapters.database.claims import statements
from adapters.database.tables.claims import quotas
from core.domain.errors import DomainError
from core.domain.identifiers import LocationCode
from core.domain.pricing.changes import OffersChanged
from entrepot.assembly.shop import Shop
from tests.application.test_claim_races import STOCK
from tests.bank import SMALL, checkout, fill
from tests.domain.pricing.shop import a_promotion, amount, goods_off
from tests.factories import stock_up
from tests.invariants import violations
from tests.pricing import use_rules
from tests.threads import in_threads

pytestmark = pytest.mark.anyio

USES = 10
LIMITED = a_promotion(
    "order",
    goods_off(amount("50.00")),
    code="limited",
    limits=[{"kind": "uses", "most": USES}],
)


async def buy_at_once(shop: Shop) -> tuple[int, list[DomainError]]:
    """Fifty buyers who have all seen the offer. Returns the number of orders, and the refusals."""
    use_rules(shop, LIMITED)
    await stock_up(shop)
    await shop.count_stock()(SMALL, LocationCode("main"), STOCK)
    owners = [await fill(shop, f"cart {number}") for number in range(50)]
    forms = [await checkout(shop, owner) for owner in owners]
    refused: list[DomainError] = []

    async def buy(mine: Shop, number: int) -> None:
        use_rules(mine, LIMITED)
        try:
            await mine.place_order()(owners[number], forms[number])
        except DomainError as error:
            refused.append(error)
            raise

    return await in_threads(shop, buy), refused


async def test_fifty_buyers_get_ten_uses_and_the_others_learn_why(shop: Shop) -> None:
    placed, refused = await buy_at_once(shop)
    assert (placed, len(refused)) == (USES, 50 - USES)
    reasons = {
        change.reason.code
        for error in refused
        if isinstance(error, OffersChanged)
        for change in error.changes
        if change.reason
    }
    assert all(isinstance(error, OffersChanged) for error in refused)
    assert reasons == {"used_up"}
    assert await violations(shop.database()) == []


async def test_without_the_guard_an_offer_is_used_too_often(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One use is left, and two orders are priced before either is placed."""
    lax = (
        update(quotas)
        .where(*statements.COUNTER)
        .values({"taken": quotas.c.taken + statements.UNITS, "limit": STOCK})
    )
    monkeypatch.setattr(sql_quotas, "TAKE", lax)
    placed, _ = await buy_at_once(shop)
    assert placed > USES
