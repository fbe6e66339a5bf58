"""Plugins read the catalogue in both languages."""

from typing import Any
from uuid import uuid4

import pytest

from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import LocationCode, ProductId
from entrepot.assembly.shop import Shop
from tests.bank import SMALL
from tests.factories import stock_up
from tests.plugins.shop_plugin import in_plugin

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("shop_plugin")]


async def ask(shop: Shop, method: str, *arguments: Any) -> Any:
    return await in_plugin(shop, lambda each: getattr(each.catalogue, method)(*arguments))


async def test_a_product_is_found_by_id_handle_sku_and_category(shop: Shop) -> None:
    await stock_up(shop)
    await shop.relay_events().drain()
    product = await ask(shop, "by_sku", SMALL)
    assert product == await ask(shop, "get", product.id)
    assert product == await ask(shop, "by_handle", product.handle)
    shown = {each: await shop.show_product()(product.handle, each) for each in ("zh", "en")}
    for language, view in shown.items():
        assert product.title.in_language(language) == view.title
    (small,) = (each for each in product.variants if each.sku == SMALL)
    (there,) = (each for each in shown["en"].variants if each.sku == SMALL)
    assert (small.price, small.label.in_language("en")) == (there.price, there.label)
    assert small.availability == "in_stock"
    category = (await shop.catalogue_queries().categories("en"))[0].slug
    page = await ask(shop, "of_category", category)
    assert [(each.id, each.title) for each in page.products] == [(product.id, product.title)]
    assert page.cursor == ""


async def test_the_last_unit_makes_it_sold_out(shop: Shop) -> None:
    await stock_up(shop)
    await shop.count_stock()(SMALL, LocationCode("main"), 0)
    product = await ask(shop, "by_sku", SMALL)
    assert {each.availability for each in product.variants if each.sku == SMALL} == {"sold_out"}


async def test_what_is_not_there_is_said(shop: Shop) -> None:
    await stock_up(shop)
    for method, key in (
        ("get", ProductId(uuid4())),
        ("by_handle", "no-such"),
        ("by_sku", "NO-SUCH"),
        ("of_category", "no-such"),
    ):
        assert isinstance(await ask(shop, method, key), NotFound)
    category = (await shop.catalogue_queries().categories("en"))[0].slug
    assert isinstance(await ask(shop, "of_category", category, 0), Invalid)
    assert isinstance(await ask(shop, "of_category", category, 9, "no cursor"), Invalid)
