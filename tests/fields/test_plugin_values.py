"""A plugin reads and writes the values of its own fields by ``context.shop.fields``."""

import asyncio
from collections.abc import Mapping
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Table, Update, bindparam, update

from adapters.database.catalogue.products import SqlProducts
from core.domain.accounts import BeingErased
from core.domain.catalogue.product import Product
from core.domain.errors import Invalid, NotFound
from core.domain.fields.checks import FieldValue
from core.domain.fields.field import FieldOwner
from core.domain.identifiers import ProductId, Sku
from entrepot.assembly.shop import Shop
from tests.bank import Bank
from tests.conftest import ON_POSTGRESQL
from tests.factories import stock_up
from tests.fields.plugin import NAME
from tests.fields.test_order_fields import placed_with
from tests.people import MARKED, register
from tests.plugins.shop_plugin import in_plugin
from tests.threads import TASKS_OF_THREAD, in_threads
from tests.web.test_product_form import product_of

pytestmark = pytest.mark.anyio
ON_PG = pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True)

PRODUCT, VARIANT = FieldOwner.PRODUCT, FieldOwner.VARIANT
ORDER, MEMBER = FieldOwner.ORDER, FieldOwner.CUSTOMER
POT, SMALL = "celadon-teapot", Sku("CELADON-TEAPOT-S")


async def put(shop: Shop, owner: FieldOwner, key: Any, **values: Any) -> Any:
    changes = {f"crafts.{name}": value for name, value in values.items()}
    return await in_plugin(shop, lambda each: each.fields.set(owner, key, changes), NAME)


async def got(shop: Shop, owner: FieldOwner, key: Any) -> Any:
    return await in_plugin(shop, lambda each: each.fields.get(owner, key), NAME)


async def test_a_plugin_writes_its_fields_of_goods(stocked: Shop) -> None:
    product = await product_of(stocked, POT)
    assert await put(stocked, PRODUCT, product.id, rank=3, kiln="Ru") is None
    assert await put(stocked, VARIANT, SMALL, clay=450) is None
    expected = {"crafts.rank": 3, "crafts.kiln": "Ru", "crafts.food_safe": True}
    assert await got(stocked, PRODUCT, product.id) == expected
    assert await got(stocked, VARIANT, SMALL) == {"crafts.clay": 450}
    before = (await product_of(stocked, POT)).version
    assert await put(stocked, PRODUCT, product.id, rank=3) is None
    assert (await product_of(stocked, POT)).version == before
    assert await put(stocked, PRODUCT, product.id, rank=None) is None
    assert "crafts.rank" not in await got(stocked, PRODUCT, product.id)


async def test_a_plugin_writes_its_fields_of_orders_and_others_keep_their_labels(
    stocked: Shop,
) -> None:
    placed = await placed_with(stocked, wrap="celadon", card="hello")
    assert await put(stocked, ORDER, placed.id, station="north gate") is None
    values = await got(stocked, ORDER, placed.id)
    assert values["crafts.station"] == "north gate"
    assert values["crafts.card"] == "hello"
    order = await stocked.order_queries().find(placed.number)
    assert order is not None
    assert [each.name for each in order.fields if each.is_personal] == ["crafts.card"]


async def test_a_plugin_writes_its_fields_of_categories_and_lists_show_them(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    tree = await stocked.catalogue_queries().categories("en")
    (teapots,) = (each for each in tree if each.slug == "teapots")
    category = FieldOwner.CATEGORY
    assert await put(stocked, category, teapots.id, season="Spring & summer") is None
    assert await got(stocked, category, teapots.id) == {"crafts.season": "Spring & summer"}
    page = (await client.get("/en/c/teapots")).text
    assert "Season" in page
    assert "Spring &amp; summer" in page
    listed = {each["slug"]: each for each in (await client.get("/api/v1/categories")).json()}
    assert listed["teapots"]["fields"]["crafts.season"]["value"] == "Spring & summer"


@pytest.mark.parametrize(
    ("owner", "values", "reason"),
    [
        (PRODUCT, {"rank": "3"}, "is not a whole number"),
        (PRODUCT, {"clay": 3}, "no field “crafts.clay”"),
        (PRODUCT, {"unknown": 3}, "no field “crafts.unknown”"),
        (PRODUCT, {"rank": 1.5}, "an argument is a float"),
        ("product", {"rank": 1}, "no FieldOwner"),
    ],
)
async def test_a_wrong_value_is_refused_by_name(
    stocked: Shop, owner: Any, values: dict[str, Any], reason: str
) -> None:
    product = await product_of(stocked, POT)
    refused = await put(stocked, owner, product.id, **values)
    assert isinstance(refused, Invalid)
    assert reason in str(refused)
    assert (await product_of(stocked, POT)).fields == product.fields


async def test_the_audit_log_has_no_key_that_may_be_personal(stocked: Shop) -> None:
    assert isinstance(await put(stocked, VARIANT, "mei@example.com", clay=450), NotFound)
    assert await put(stocked, VARIANT, SMALL, clay=450) is None
    async with stocked.database().reads.connect() as connection:
        rows = await connection.exec_driver_sql("SELECT payload FROM outbox")
        payloads = " ".join(str(each.payload) for each in rows if "fields.set" in str(each.payload))
    assert "variant ?" in payloads
    assert f"variant {SMALL}" in payloads
    assert "mei@" not in payloads


async def test_fields_of_another_plugin_are_not_there(stocked: Shop) -> None:
    product = await product_of(stocked, POT)
    changes = {"crafts.rank": 5}
    refusal = stocked.write_plugin_fields()("craft", PRODUCT, product.id, changes)
    with pytest.raises(Invalid, match="no field “crafts"):
        await refusal
    assert await stocked.read_plugin_fields()("craft", PRODUCT, product.id) == {}
    for owner, key in ((PRODUCT, uuid4()), (VARIANT, Sku("X")), (ORDER, uuid4()), (ORDER, "X")):
        assert isinstance(await got(stocked, owner, key), NotFound)
    assert isinstance(await got(stocked, MEMBER, uuid4()), NotFound)


async def test_a_restricted_member_has_no_values_for_a_plugin(shop: Shop, bank: Bank) -> None:
    del bank
    member = await register(shop, MARKED)
    assert await put(shop, MEMBER, member, level="celadon") is None
    assert await got(shop, MEMBER, member) == {"crafts.level": "celadon"}
    async with shop.units()() as unit:
        customer = await unit.customers.get(member)
        customer.restricted = True
        await unit.customers.save(customer)
        await unit.commit()
    assert await got(shop, MEMBER, member) == {}
    assert isinstance(await put(shop, MEMBER, member, level="tenmoku"), BeingErased)


NAMES = ("kiln", "story", "heat", "rank")
VALUES = ("Ru", "Old.", 1280, 7)


async def race(shop: Shop) -> int:
    """Each of four fields is written by some of fifty tasks. Returns how many have a value."""
    await stock_up(shop)
    product = await product_of(shop, POT)

    async def write(mine: Shop, number: int) -> None:
        if number % TASKS_OF_THREAD < 1:
            place = (number // TASKS_OF_THREAD) % len(NAMES)
            changes = {f"crafts.{NAMES[place]}": VALUES[place]}
            await mine.write_plugin_fields()(NAME, PRODUCT, product.id, changes)

    await in_threads(shop, write)
    after = (await product_of(shop, POT)).fields
    return sum(f"crafts.{name}" in after for name in NAMES)


async def test_concurrent_writers_lose_no_value(shop: Shop) -> None:
    assert await race(shop) == len(NAMES)


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two writers read the product before one of them saves it."""
    both, readers = asyncio.Barrier(2), count()
    get = SqlProducts.get

    async def wait(self: SqlProducts, product_id: ProductId) -> Product:
        product = await get(self, product_id)
        if next(readers) < 2:
            await both.wait()
        return product

    monkeypatch.setattr(SqlProducts, "get", wait)


async def two_writers(shop: Shop) -> Mapping[str, FieldValue]:
    product = await product_of(shop, POT)
    write = shop.write_plugin_fields()
    await asyncio.gather(
        write(NAME, PRODUCT, product.id, {"crafts.kiln": "Ru"}),
        write(NAME, PRODUCT, product.id, {"crafts.rank": 7}),
    )
    return (await product_of(shop, POT)).fields


@ON_PG
@pytest.mark.usefixtures("together")
async def test_two_writers_that_read_the_same_product_keep_both_values(stocked: Shop) -> None:
    assert {"crafts.kiln", "crafts.rank"} <= set(await two_writers(stocked))


@ON_PG
@pytest.mark.usefixtures("together")
async def test_without_the_version_a_value_is_lost(
    stocked: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(table: Table) -> Update:
        at_any = bindparam("at_version", type_=table.c.version.type) > 0
        return update(table).where(table.c.id == bindparam("of_id"), at_any)

    monkeypatch.setattr("adapters.database.statements._replace_version", replace)
    kept = {"crafts.kiln", "crafts.rank"} & set(await two_writers(stocked))
    assert len(kept) == 1
