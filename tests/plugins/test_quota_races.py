"""Concurrent buyers of a plugin's quotas, by an offer and by an order guard, and without guards."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import update

from adapters.database.claims import quotas as sql_quotas
from adapters.database.claims import statements
from adapters.database.tables.claims import quotas
from adapters.plugins import order_guards, price_enquiries
from core.domain.claims import SHARDS, Claim, ClaimKind
from core.domain.identifiers import LocationCode
from entrepot.assembly.shop import Shop
from ports.order_guards import DraftStage, OrderDraft
from tests.application.test_claims import taken
from tests.bank import SMALL, checkout, fill
from tests.factories import stock_up
from tests.invariants import violations
from tests.plugins.proposing_plugin import Proposals, flash
from tests.plugins.test_price_offers import FLASH, offering
from tests.threads import in_threads

__all__ = ["flash"]
pytestmark = [pytest.mark.anyio, pytest.mark.slow]

STOCK = 1_000
ROUND = Claim(kind=ClaimKind.UNITS, key="round", limit=10)
HOT = Claim(kind=ClaimKind.USES, key="guarded", limit=10, shards=SHARDS)


def claims(draft: OrderDraft) -> Sequence[Claim]:
    return [HOT] if draft.stage is DraftStage.ORDER else []


async def buy_at_once(flash: Proposals, shop: Shop) -> int:
    """Fifty buyers in five threads. Returns the number of orders."""
    await shop.vault().prepare()
    await stock_up(shop)
    await shop.count_stock()(SMALL, LocationCode("main"), STOCK)
    flash.say(offers=offering(replace(FLASH, claim=ROUND)), review=claims)
    owners = [await fill(shop, f"cart {number}") for number in range(50)]
    forms = [await checkout(shop, owner) for owner in owners]

    async def buy(mine: Shop, number: int) -> None:
        await mine.place_order()(owners[number], forms[number])

    return await in_threads(shop, buy)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine makes no buyer lose the race."""
    monkeypatch.setattr(order_guards, "SECONDS", 60)
    monkeypatch.setattr(price_enquiries, "SECONDS", 60)


async def test_fifty_buyers_of_a_plugins_quota_of_ten_get_ten(flash: Proposals, shop: Shop) -> None:
    assert await buy_at_once(flash, shop) == 10
    assert await taken(shop) == 20
    assert await violations(shop.database()) == []


async def test_without_the_guard_a_plugins_quota_is_exceeded(
    flash: Proposals, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same race without the condition in WHERE. The CHECK constraint sees another limit."""
    lax = (
        update(quotas)
        .where(*statements.COUNTER)
        .values({"taken": quotas.c.taken + statements.UNITS, "limit": STOCK})
    )
    monkeypatch.setattr(sql_quotas, "TAKE", lax)
    assert await buy_at_once(flash, shop) > 10
