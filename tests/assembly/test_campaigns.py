"""The campaigns of the demo shop are active, in both languages, and their goods are in stock."""

import tomllib
from datetime import UTC, datetime

import pytest

from core.domain.identifiers import CustomerId
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.text import LANGUAGES
from entrepot.assembly.shop import Shop
from entrepot.demo.campaigns import CAMPAIGNS, promotion_document
from entrepot.demo.catalogue import DemoGoods
from tests.accounts import a_member

CODES = {
    "candle-week",
    "second-cup-half-price",
    "notebooks-3-for-20",
    "spend-and-save",
    "gift-from-299",
    "towel-for-9-90",
    "newcomer",
    "tea-time",
    "free-delivery-from-59",
}
NOW = datetime(2026, 11, 27, tzinfo=UTC)


def test_gifts_and_add_ons_are_goods_of_the_demo_with_stock() -> None:
    tables = tomllib.loads(CAMPAIGNS.read_text(encoding="utf-8"))["promotion"]
    promotions = [from_document(promotion_document(each, NOW)) for each in tables]
    added = {sku for each in promotions for sku in each.added_skus}
    stocked = {
        variant.sku
        for product in DemoGoods("CNY").products()
        for variant in product.draft.variants
        if variant.on_hand
    }
    assert added
    assert added <= stocked
    assert {language for each in promotions for language in each.label.by_language} == set(
        LANGUAGES
    )


@pytest.mark.anyio
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_campaigns_apply_and_their_coupons_can_be_taken(shop: Shop) -> None:
    await shop.vault().prepare()
    member = await a_member(shop, "mei@example.com")
    await shop.seed_campaigns()(())
    rules = await shop.load_rules()()
    assert {each.code for each in rules.promotions} == CODES
    assert [each.groups for each in rules.price_lists] == [frozenset({"vip"})]
    assert await shop.find_groups()(CustomerId(member.id)) == {"vip"}
    offers = await shop.coupon_centre()(None, "en")
    assert {each.batch: each.terms for each in offers} == {
        "newcomer": ("CN¥15.00 off.", "For goods from CN¥79.00.", "For your first order."),
        "tea-time": ("CN¥25.00 off.", "For goods from CN¥169.00."),
    }
