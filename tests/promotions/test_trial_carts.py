"""A test cart says what applies, what does not, and why."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from core.application.pricing.price_files import PriceRow
from core.application.pricing.trial_carts import TRIAL_PERSON, TrialCart
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import Sku
from core.domain.pricing.price_lists import PriceList
from core.domain.pricing.promotions.managed import PromotionMove
from core.domain.pricing.request import PricedCustomer, RequestShipping
from entrepot.assembly.shop import Shop
from entrepot.testing.pricing import TEN_OFF
from tests.commands import command
from tests.factories import a_draft, stock_up

pytestmark = pytest.mark.anyio
POT = Sku("CELADON-TEAPOT-S")
TEAPOTS = {"kind": "having", "by": "category", "values": ["teapots"]}
PERCENT = {"kind": "goods", "goods": TEAPOTS, "reduction": {"kind": "percent", "percent": "10"}}
DRAFT = {
    **TEN_OFF,
    "code": "draft",
    "lane": "item",
    "benefits": [PERCENT],
    "condition": {"kind": "always"},
}
MEMBERS = {**DRAFT, "code": "members", "condition": {"kind": "group", "groups": ["vip"]}}
FAR = {**TEN_OFF, "code": "far", "condition": {"kind": "amount", "at_least": {"CNY": "999.00"}}}


@pytest.fixture
async def shop(shop: Shop) -> Shop:
    await stock_up(shop, a_draft())
    for document in (TEN_OFF, DRAFT, MEMBERS, FAR):
        await shop.save_promotion()(document)
    for code in ("ten-off", "members", "far"):
        await shop.move_promotion()(code, PromotionMove.ACTIVATE)
    return shop


async def test_it_names_what_applies_and_why_the_rest_does_not(shop: Shop) -> None:
    tried = await shop.try_cart()(TrialCart(goods={POT: 1}), "en")
    assert [(each.source, each.amount.minor) for each in tried.sums.adjustments] == [
        ("ten-off", -1_000)
    ]
    assert {each.promotion: each.text for each in tried.not_applied} == {
        "members": "This offer is for other customers.",
        "far": "Add CN¥831.00 more to get this offer.",
    }
    assert tried.sums.total.minor == 15_800


async def test_drafts_groups_shipping_and_a_later_time_can_be_tried(shop: Shop) -> None:
    later = shop.now()() + timedelta(days=1)
    await shop.save_promotion()(
        {**FAR, "condition": DRAFT["condition"], "starts_at": later.isoformat()}
    )
    member = PricedCustomer(person=TRIAL_PERSON, groups=frozenset({"vip"}))
    cart = TrialCart(
        goods={POT: 1},
        promotions=("draft",),
        customer=member,
        shipping=RequestShipping(method="standard", price=1_500),
        at=later,
    )
    tried = await shop.try_cart()(cart, "zh")
    assert {each.source for each in tried.sums.adjustments} == {"draft", "far"}
    assert tried.sums.shipping is not None
    with pytest.raises(NotFound):
        await shop.try_cart()(TrialCart(goods={POT: 1}, promotions=("none",)), "en")


async def test_prices_of_lists_count(shop: Shop) -> None:
    await shop.save_price_list()(PriceList(code="vip", ladders={}, groups=frozenset({"vip"})))
    row = PriceRow(line=1, list="vip", sku=POT, quantity="1", price="150.00")
    await shop.replace_prices()([row])
    member = PricedCustomer(person=TRIAL_PERSON, groups=frozenset({"vip"}))
    for customer, source in ((PricedCustomer(), ""), (member, "vip")):
        tried = await shop.try_cart()(TrialCart(goods={POT: 1}, customer=customer), "en")
        assert tried.lines[0].price_source == source


async def test_unknown_goods_and_an_empty_cart_are_refused(shop: Shop) -> None:
    many = 10**12
    for goods, field in (
        ({}, "goods"),
        ({Sku("NONE"): 1}, "goods.NONE"),
        ({POT: 0}, f"goods.{POT}"),
        ({POT: many}, f"goods.{POT}"),
    ):
        with pytest.raises(Invalid) as refused:
            await shop.try_cart()(TrialCart(goods=goods), "en")
        assert refused.value.field == field
    await stock_up(shop, *(a_draft(f"tray-{number}") for number in range(10)))
    trays = {Sku(f"TRAY-{number}-S"): 999 for number in range(10)}
    with pytest.raises(Invalid, match="10000 items"):
        await shop.try_cart()(TrialCart(goods={**trays, POT: 11}), "en")
    with pytest.raises(Invalid, match="year"):
        await shop.try_cart()(TrialCart(goods={POT: 1}, at=datetime.max.replace(tzinfo=UTC)), "en")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_command_prints_a_line_for_each(shop: Shop) -> None:
    tried = await command(shop, "promotions", "try", f"{POT}:2", "--promotion", "draft")
    assert tried.output.splitlines() == [
        "2 × CELADON-TEAPOT-S at 168.00 CNY: 292.40 CNY",
        "applies: Ten off (draft): -33.60 CNY",
        "applies: Ten off (ten-off): -10.00 CNY",
        "does not apply: Ten off (members): This offer is for other customers.",
        "does not apply: Ten off (far): Add CN¥696.60 more to get this offer.",
        "total: 292.40 CNY",
    ]
    unknown = await command(shop, "promotions", "try", "NONE")
    assert (unknown.exit_code, unknown.output) == (1, "goods.NONE: There is no SKU “NONE”.\n")
    in_json = await command(shop, "promotions", "try", POT, "--json")
    assert json.loads(in_json.output)["sums"]["total"]["minor"] == 15_800
