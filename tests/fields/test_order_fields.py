"""Fields of orders: asked in the checkout, frozen with the order, and read without the plugin."""

from dataclasses import replace

import httpx
import pytest
from dependency_injector import providers
from sqlalchemy import select

from adapters.database.tables.orders import orders
from core.application.orders.checkout import PlacedOrder
from core.application.orders.views import order_view
from core.domain.errors import Invalid, InvalidFields
from core.domain.fields.checks import FieldValue
from core.domain.fields.declared import DeclaredFields
from entrepot.assembly.shop import Shop
from tests.bank import available, checkout, fill
from tests.web.api_client import API, filled_cart, order_form
from tests.web.browsing import ADDRESS, CHOICE, review_form
from tests.web.test_product_form import signed_in

pytestmark = pytest.mark.anyio

CARD = "For <b>Mei</b>\nwith love"


async def placed_with(shop: Shop, **values: FieldValue) -> PlacedOrder:
    owner = await fill(shop)
    form = await checkout(shop, owner)
    fields = {f"crafts.{name}": value for name, value in values.items()}
    return await shop.place_order()(owner, replace(form, fields=fields))


async def test_the_checkout_asks_and_nothing_is_lost_when_a_value_is_wrong(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    await client.post("/zh/checkout", data=ADDRESS)
    page = (await client.get("/zh/checkout/review")).text
    assert "贺卡留言" in page
    assert 'name="fields.crafts.station"' not in page
    form = {**await review_form(client), "fields.crafts.card": CARD, "fields.crafts.wrap": ""}
    refused = await client.post("/zh/checkout/review", data=form)
    assert refused.status_code == 422
    assert 'id="fields.crafts.wrap-hint"' in refused.text
    assert "For &lt;b&gt;Mei&lt;/b&gt;" in refused.text
    assert await available(stocked) == 10
    form |= await review_form(client)
    placed = await client.post(
        "/zh/checkout/review", data={**form, "fields.crafts.wrap": "celadon"}
    )
    assert placed.status_code == 303
    order = (await client.get(placed.headers["location"])).text
    for shown in ("For &lt;b&gt;Mei&lt;/b&gt;", "包装", "青瓷", "main hall"):
        assert shown in order
    number = placed.headers["location"].partition("/orders/")[2].partition("?")[0]
    await signed_in(client, stocked)
    office = (await client.get(f"/en/admin/orders/{number}")).text
    assert "Gift card" in office
    assert "Celadon" in office


async def test_another_shipping_method_without_scripts_keeps_what_was_typed(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/zh/p/celadon-teapot", data=CHOICE)
    await client.post("/zh/checkout", data=ADDRESS)
    form = {**await review_form(client), "fields.crafts.card": CARD, "update": "1"}
    assert "with love" in (await client.post("/zh/checkout/review", data=form)).text


async def test_values_are_frozen_with_label_and_kind(stocked: Shop) -> None:
    placed = await placed_with(stocked, card=CARD, wrap="tenmoku")
    order = await stocked.order_queries().find(placed.number)
    assert order is not None
    assert {each.name: each.kind for each in order.fields} == {
        "crafts.wrap": "choice",
        "crafts.station": "text",
        "crafts.card": "long_text",
    }
    (wrap,) = (each for each in order.fields if each.name == "crafts.wrap")
    assert (wrap.label.in_language("en"), wrap.text.in_language("zh")) == ("Wrapping", "天目")
    async with stocked.database().reads.connect() as connection:
        row = (await connection.execute(select(orders))).one()
    assert "love" not in str(row.fields)
    assert b"love" not in row.personal_fields


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"card": "x"}, "Enter a value"),
        ({"wrap": "gold"}, "not one of the choices"),
        ({"wrap": "celadon", "card": 5}, "Enter a text"),
        ({"wrap": "celadon", "card": "x" * 81}, "at most 80"),
        ({"wrap": "celadon", "station": "north"}, "cannot be changed here"),
        ({"wrap": "celadon", "bow": "red"}, "There is no field “crafts.bow”"),
        ({"wrap": "celadon", "tea": "oolong"}, "There is no field “crafts.tea”"),
    ],
)
async def test_a_wrong_value_places_no_order(
    stocked: Shop, values: dict[str, FieldValue], reason: str
) -> None:
    with pytest.raises(Invalid, match=reason):
        await placed_with(stocked, **values)
    assert await available(stocked) == 10


async def test_all_wrong_values_are_named_at_once(stocked: Shop) -> None:
    with pytest.raises(InvalidFields) as refused:
        await placed_with(stocked, wrap="gold", card="x" * 81)
    assert {each.field for each in refused.value.fields} == {
        "fields.crafts.wrap",
        "fields.crafts.card",
    }


async def test_a_program_places_an_order_with_values(client: httpx.AsyncClient) -> None:
    token = await filled_cart(client)
    review = (await client.get(f"{API}/carts/{token}/checkout")).json()
    assert [each["name"] for each in review["fields"]] == ["crafts.card", "crafts.wrap"]
    assert [each["required"] for each in review["fields"]] == [False, True]
    form = await order_form(client, token)
    refused = await client.post(f"{API}/orders", json={**form, "fields": {"crafts.wrap": 1}})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "fields.crafts.wrap"
    values = {"crafts.wrap": "celadon", "crafts.card": CARD}
    placed = (await client.post(f"{API}/orders", json={**form, "fields": values})).json()
    shown = await client.get(
        f"{API}/orders/{placed['number']}",
        headers={"order-token": placed["access_token"], "accept-language": "en"},
    )
    fields = shown.json()["fields"]
    assert fields["crafts.card"] == {"label": "Gift card", "value": CARD, "text": CARD}
    assert fields["crafts.wrap"]["text"] == "Celadon"


async def test_an_order_is_read_after_its_plugin_was_removed(stocked: Shop) -> None:
    placed = await placed_with(stocked, card=CARD, wrap="tenmoku")
    stocked.declared_fields.override(providers.Object(DeclaredFields()))
    order = await stocked.order_queries().find(placed.number)
    assert order is not None
    shown = order_view(order, "en", stocked.media()).fields
    assert shown["crafts.card"].text == CARD
    assert shown["crafts.wrap"].text == "Tenmoku"
    await stocked.cancel_order()(order.id, "customer")
    again = await stocked.order_queries().find(placed.number)
    assert again is not None
    assert again.fields == order.fields
