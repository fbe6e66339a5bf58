"""The tax class of a product: in carts, orders, refunds and test carts, and where it is refused."""

from dataclasses import replace

import pytest

from core.application.catalogue.drafts import VariantDraft
from core.application.pricing.trial_carts import TrialCart
from core.domain.errors import Invalid
from core.domain.identifiers import LineKey, Sku
from entrepot.assembly.shop import Shop
from tests.application.test_returns import GOODWILL
from tests.bank import Bank, checkout, fill, pay
from tests.factories import a_draft, stock_up, text, yuan
from tests.invariants import violations
from tests.pricing import MUG, VAT, WITHOUT_TAX, use_rules

pytestmark = pytest.mark.anyio
REDUCED = replace(VAT, rate="0.09", tax_class="food")
TEA = Sku("TEA-S")


def variant(sku: Sku, price: int) -> VariantDraft:
    return VariantDraft(sku=sku, price=yuan(price), on_hand=10)


async def sell(shop: Shop) -> None:
    """Teapots at the standard rate, tea at the reduced rate, and mugs without taxes."""
    for name, rate in {"standard": VAT, "food": REDUCED}.items():
        await shop.save_tax_rate()(name, rate)
    drafts = (
        a_draft(),
        a_draft("tea", tax_class="food", options=(), variants=(variant(TEA, 100),)),
        a_draft("mug", tax_class="exempt", options=(), variants=(variant(Sku(MUG), 50),)),
    )
    await stock_up(shop, *drafts)


async def test_two_classes_in_one_cart_are_two_taxes_from_the_cart_to_the_refund(
    shop: Shop, bank: Bank
) -> None:
    await sell(shop)
    owner = await fill(shop)
    for sku in (TEA, Sku(MUG)):
        await shop.add_to_cart()(owner, sku, 1)
    cart = await shop.show_cart()(owner, "zh")
    taxes = {(each.rate, each.amount.minor) for each in cart.sums.taxes}
    assert taxes == {("0.13", 1_933), ("0.09", 826)}  # 168 / 1.13 × 0.13, 100 / 1.09 × 0.09
    review = await shop.review_checkout()(owner, "zh")
    assert review.rates[0].sums.taxes == cart.sums.taxes
    placed = await shop.place_order()(owner, await checkout(shop, owner))
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    by_sku = {line.sku: [tax.rate for tax in line.taxes] for line in order.lines}
    assert by_sku == {"CELADON-TEAPOT-S": ["0.13"], "TEA-S": ["0.09"], "MUG-S": []}
    await pay(shop, bank, order.id)
    for key, price in ((LineKey("1"), 168), (LineKey("2"), 100), (LineKey("3"), 50)):
        refund = await shop.request_refund()(order.id, replace(GOODWILL, quantities={key: 1}))
        assert refund is not None
        assert refund.amount == yuan(price)
    assert await violations(shop.database()) == []


async def test_added_taxes_go_back_with_the_goods_of_their_class(shop: Shop, bank: Bank) -> None:
    rules = use_rules(shop)
    rules.settings, rules.tax_rates = WITHOUT_TAX, (VAT, REDUCED)
    await stock_up(shop, a_draft(), a_draft("tea", tax_class="food"))
    owner = await fill(shop)
    await shop.add_to_cart()(owner, TEA, 1)
    placed = await shop.place_order()(owner, await checkout(shop, owner))
    await pay(shop, bank, placed.id)
    refund = await shop.request_refund()(placed.id, replace(GOODWILL, quantities={LineKey("2"): 1}))
    assert refund is not None
    assert refund.amount.minor == 18_312


async def test_a_test_cart_has_the_classes_of_its_goods(shop: Shop) -> None:
    await sell(shop)
    tried = await shop.try_cart()(TrialCart(goods={TEA: 1, Sku("CELADON-TEAPOT-S"): 1}), "en")
    assert {each.rate for each in tried.sums.taxes} == {"0.13", "0.09"}


async def test_a_class_that_no_rate_names_is_refused_but_a_product_keeps_its_own(
    shop: Shop,
) -> None:
    await sell(shop)
    with pytest.raises(Invalid, match="No tax rate has the class “fod”"):
        await shop.save_product()(a_draft("other", tax_class="fod"))
    await shop.remove_tax_rate()("food")
    with pytest.raises(Invalid, match="No tax rate has the class"):
        await shop.save_product()(a_draft("other", tax_class="food"))
    kept = a_draft("tea", tax_class="food", title=text("茶叶"))
    assert (await shop.save_product()(kept)).result == "updated"


async def test_no_rate_taxes_what_is_exempt(shop: Shop) -> None:
    with pytest.raises(Invalid, match="have no taxes"):
        await shop.save_tax_rate()("wrong", replace(VAT, tax_class="exempt"))
