"""Prices, carts and orders of a shop without plugins that propose anything cost nothing more."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import enumerate as enumerate_threads

import pytest
from sqlalchemy import event

from adapters.plugins.limits import Purpose
from core.application.carts.ownership import CartOwner
from entrepot.assembly.shop import Shop
from tests.bank import CART, SMALL, checkout, fill
from tests.factories import stock_up

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

OWNER = CartOwner(token=CART)
STATEMENTS = {"page": 4, "cart": 2, "add": 4, "review": 2, "place": 14}
"""As many as before plugins could propose anything."""


@contextmanager
def counted(shop: Shop, counts: dict[str, int], name: str) -> Iterator[None]:
    seen: list[str] = []

    def record(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engines = [shop.database().reads.sync_engine, shop.database().writes.sync_engine]
    for each in engines:
        event.listen(each, "before_cursor_execute", record)
    try:
        yield
    finally:
        for each in engines:
            event.remove(each, "before_cursor_execute", record)
    counts[name] = len(seen)


async def test_without_such_plugins_nothing_is_asked(shop: Shop) -> None:
    await stock_up(shop)
    await fill(shop)
    counts: dict[str, int] = {}
    with counted(shop, counts, "page"):
        await shop.show_product()("celadon-teapot", "en")
    with counted(shop, counts, "add"):
        await shop.add_to_cart()(OWNER, SMALL, 1)
    with counted(shop, counts, "cart"):
        await shop.show_cart()(OWNER, "en")
    with counted(shop, counts, "review"):
        form = await checkout(shop, OWNER)
    with counted(shop, counts, "place"):
        await shop.place_order()(OWNER, form)
    assert counts == STATEMENTS
    asked = [
        each for name in shop.plugins().loaded for each in shop.plugin_guards().guards_of(name)
    ]
    assert asked
    assert Purpose.ENQUIRIES not in {each.purpose for each in asked}
    assert [each.name for each in enumerate_threads() if "enquiries" in each.name] == []
