"""A tax engine of a plugin in the checkout: its taxes are charged, frozen and recorded."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers

from adapters.plugins.limits import PluginLimits
from core.application.taxes.quoting import TaxEngineUse
from core.domain.errors import PriceChanged
from core.domain.identifiers import LineKey
from core.domain.orders.order import Order
from core.domain.pricing.engine_taxes import TaxesUnavailable
from entrepot.assembly.shop import Shop
from tests.application.test_returns import GOODWILL
from tests.bank import Bank, checkout, fill, pay
from tests.factories import a_draft, stock_up, yuan
from tests.installed import install_plugin
from tests.invariants import violations
from tests.plugins.tax_plugin import NAME, SOURCE
from tests.pricing import SPRING, VAT, WITHOUT_TAX, ShopRules, use_rules

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    install_plugin(tmp_path / "site", NAME, SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("ENTREPOT_TAX_ENGINE", NAME)
    yield
    sys.modules.pop(NAME, None)


@pytest.fixture
async def rules(_installed: None, shop: Shop) -> ShopRules:
    """Prices without tax, thirty off with a gift from 300 yuan, and 13 % of the own rates."""
    rules = use_rules(shop, SPRING)
    rules.settings, rules.tax_rates = WITHOUT_TAX, (VAT,)
    shop.pricing_settings.override(providers.Object(WITHOUT_TAX))
    await stock_up(shop, a_draft(), a_draft("mug"))
    return rules


@pytest.fixture
def taxman(rules: ShopRules, shop: Shop) -> Any:
    """The module of the plugin."""
    del rules
    engine: Any = shop.tax_engine()
    assert engine.code == NAME
    engine.guard.limits = PluginLimits(seconds=0.3)
    return sys.modules[NAME]


async def placed_order(shop: Shop, quantity: int = 2) -> Order:
    owner = await fill(shop, "other", quantity)
    placed = await shop.place_order()(owner, await checkout(shop, owner, "other"))
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    return order


async def deliver(shop: Shop, *, later: timedelta = timedelta()) -> None:
    await shop.relay_events().drain()
    now = shop.now()
    await replace(shop.deliver_events(), now=lambda: now() + later).drain()


async def test_the_total_that_the_buyer_confirmed_is_what_is_charged(
    shop: Shop, bank: Bank, taxman: Any
) -> None:
    """336 less 30, with 20 % of the engine; the shipping has its tax, too."""
    owner = await fill(shop, quantity=2)
    cart = await shop.show_cart()(owner, "zh")
    assert (cart.taxes_are_estimated, cart.sums.taxes[0].rate) == (True, "0.13")
    review = await shop.review_checkout()(owner, "zh")
    assert not review.cart.taxes_are_estimated
    assert review.cart.goods_total.minor == 30_600 * 120 // 100
    rate = review.rates[0]
    assert {tax.rate for tax in rate.sums.taxes} == {"0.20"}
    placed = await shop.place_order()(owner, await checkout(shop, owner))
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    assert (order.total, order.pricing.tax_engine) == (rate.sums.total, NAME)
    await pay(shop, bank, order.id)
    assert bank.asked[-1].amount == order.total
    last = taxman.ASKED[-1]
    assert [line.tax_class for line in last.lines] == ["standard", "standard", "shipping"]
    assert (last.destination.city, last.reference) == ("深圳市", "")


async def test_placing_asks_once_and_the_review_once_for_each_quote(
    shop: Shop, taxman: Any
) -> None:
    owner = await fill(shop)
    rates = len((await shop.review_checkout()(owner, "zh")).rates)
    assert len(taxman.ASKED) == 1 + rates
    form = await checkout(shop, owner)
    taxman.ASKED.clear()
    await shop.place_order()(owner, form)
    assert len(taxman.ASKED) == 1


@pytest.mark.parametrize("how", ["slow", "fails", "down", "rejects", "forgets a line"])
async def test_an_engine_that_does_not_answer_refuses_the_order_and_keeps_the_cart(
    shop: Shop, taxman: Any, how: str
) -> None:
    owner = await fill(shop)
    form = await checkout(shop, owner)
    taxman.HOW["calculate"] = how
    with pytest.raises(TaxesUnavailable):
        await shop.place_order()(owner, form)
    with pytest.raises(TaxesUnavailable):
        await shop.review_checkout()(owner, "zh")
    taxman.HOW["calculate"] = "works"
    assert (await shop.show_cart()(owner, "zh")).units == 1
    assert (await shop.place_order()(owner, form)).number


@pytest.mark.parametrize("how", ["slow", "fails", "rejects"])
async def test_the_own_rates_count_instead_if_the_settings_say_so(
    shop: Shop, bank: Bank, taxman: Any, how: str
) -> None:
    shop.tax_engine_use.override(providers.Object(TaxEngineUse(is_used=True, falls_back=True)))
    owner = await fill(shop)
    confirmed = await checkout(shop, owner)
    taxman.HOW["calculate"] = how
    with pytest.raises(PriceChanged):
        await shop.place_order()(owner, confirmed)
    order = await placed_order(shop, 1)
    assert order.pricing.tax_engine == ""
    assert {tax.rate for line in order.lines for tax in line.taxes} == {"0.13"}
    await pay(shop, bank, order.id)
    await deliver(shop)
    assert taxman.RECORDED == {}


async def test_other_taxes_than_those_that_were_shown_are_a_changed_price(
    shop: Shop, taxman: Any
) -> None:
    owner = await fill(shop)
    form = await checkout(shop, owner)
    taxman.HOW["rate"] = 25
    with pytest.raises(PriceChanged):
        await shop.place_order()(owner, form)


async def test_a_paid_sale_and_its_refunds_are_recorded_once_each(
    shop: Shop, bank: Bank, taxman: Any
) -> None:
    order = await placed_order(shop)
    await deliver(shop)
    assert taxman.RECORDED == {}
    await pay(shop, bank, order.id)
    await deliver(shop)
    sale = taxman.RECORDED[order.number]
    assert [line.amount for line in sale.lines[:2]] == [yuan(306), yuan(0)]
    half = replace(GOODWILL, quantities={LineKey("1"): 1})
    refund = await shop.request_refund()(order.id, half)
    assert refund is not None
    await shop.send_refunds()()
    await deliver(shop)
    returned = taxman.RECORDED[refund.reference]
    assert [(line.key, line.quantity, line.amount) for line in returned.lines] == [
        ("1", 1, yuan(-153))
    ]
    await deliver(shop)
    assert set(taxman.RECORDED) == {order.number, refund.reference}


async def test_what_is_refunded_sums_to_what_was_recorded(
    shop: Shop, bank: Bank, taxman: Any
) -> None:
    order = await placed_order(shop)
    await pay(shop, bank, order.id)
    await shop.cancel_order()(order.id, "customer")
    for _ in range(3):
        await shop.send_refunds()()
        await deliver(shop)
    amounts = [line.amount.minor for each in taxman.RECORDED.values() for line in each.lines]
    assert len(taxman.RECORDED) == 2
    assert sum(amounts) == 0
    assert await violations(shop.database()) == []


async def test_a_record_in_doubt_is_repeated(shop: Shop, bank: Bank, taxman: Any) -> None:
    order = await placed_order(shop)
    await pay(shop, bank, order.id)
    taxman.HOW["commit"] = "down"
    await deliver(shop)
    assert taxman.RECORDED == {}
    taxman.HOW["commit"] = "works"
    await deliver(shop, later=timedelta(minutes=5))
    assert set(taxman.RECORDED) == {order.number}
