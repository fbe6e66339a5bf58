"""Fields of lines: given in the cart, and frozen with the order."""

from dataclasses import replace

import httpx
import pytest

from core.application.orders.views import order_view
from core.domain.errors import Invalid
from core.domain.identifiers import LineKey
from entrepot.assembly.shop import Shop
from tests.bank import SMALL, checkout, fill
from tests.fields.plugin import NAME
from tests.plugins.shop_plugin import in_plugin
from tests.web.api_client import API, filled_cart
from tests.web.browsing import CHOICE
from tests.web.html_forms import submitted

pytestmark = pytest.mark.anyio

THREAD = "crafts.thread"


async def test_a_buyer_gives_a_value_in_the_cart_and_a_wrong_one_is_shown_at_its_line(
    client: httpx.AsyncClient,
) -> None:
    await client.post("/en/p/celadon-teapot", data=CHOICE)
    form = submitted((await client.get("/en/cart")).text, "/en/cart/fields")
    (key,) = (name for name in form if name.endswith(THREAD))
    refused = await client.post("/en/cart/fields", data={**form, key: "gold"})
    assert refused.status_code == 422
    assert f'id="{key}-hint"' in refused.text
    saved = await client.post("/en/cart/fields", data={**form, key: "tenmoku"})
    assert saved.status_code == 303
    again = submitted((await client.get("/en/cart")).text, "/en/cart/fields")
    assert again[key] == "tenmoku"
    coupon = await client.post("/en/cart/coupons", data={"coupon": "!"})
    assert coupon.status_code == 422
    assert submitted(coupon.text, "/en/cart/fields")[key] == "tenmoku"


async def test_an_order_keeps_the_value_with_its_line(stocked: Shop) -> None:
    owner = await fill(stocked)
    (line,) = (await stocked.show_cart()(owner, "en")).lines
    await stocked.set_line_fields()(owner, line.key, {THREAD: "celadon"})
    await stocked.add_to_cart()(owner, SMALL, 1)
    (line,) = (await stocked.show_cart()(owner, "en")).lines
    assert (line.quantity, line.fields[THREAD].text) == (2, "Celadon")
    form = replace(await checkout(stocked, owner), fields={"crafts.wrap": "tenmoku"})
    placed = await stocked.place_order()(owner, form)
    order = await stocked.order_queries().find(placed.number)
    assert order is not None
    (view,) = order_view(order, "zh", stocked.media()).lines
    assert (view.fields[THREAD].label, view.fields[THREAD].text) == ("绣线颜色", "青瓷")
    values = await in_plugin(stocked, lambda each: each.fields.of_lines(placed.id), NAME)
    assert values == {LineKey("1"): {THREAD: "celadon"}}


async def test_a_program_sets_values_of_a_line(client: httpx.AsyncClient) -> None:
    token = await filled_cart(client)
    cart = (await client.get(f"{API}/carts/{token}")).json()
    assert [each["name"] for each in cart["line_inputs"]] == [THREAD]
    address = f"{API}/carts/{token}/lines/{cart['lines'][0]['key']}/fields"
    changed = await client.put(address, json={"fields": {THREAD: "celadon"}})
    assert changed.json()["lines"][0]["fields"][THREAD]["value"] == "celadon"
    refused = await client.put(address, json={"fields": {"crafts.wrap": "celadon"}})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"].endswith(".fields.crafts.wrap")
    unknown = f"{API}/carts/{token}/lines/none/fields"
    assert (await client.put(unknown, json={"fields": {}})).status_code == 404


async def test_another_quantity_keeps_the_value(stocked: Shop) -> None:
    owner = await fill(stocked)
    (line,) = (await stocked.show_cart()(owner, "en")).lines
    with pytest.raises(Invalid, match="not one of the choices"):
        await stocked.set_line_fields()(owner, line.key, {THREAD: "gold"})
    await stocked.set_line_fields()(owner, line.key, {THREAD: "celadon"})
    await stocked.change_quantity()(owner, line.key, 3)
    (line,) = (await stocked.show_cart()(owner, "en")).lines
    assert (line.quantity, line.fields[THREAD].value) == (3, "celadon")
    await stocked.set_line_fields()(owner, line.key, {THREAD: None})
    (line,) = (await stocked.show_cart()(owner, "en")).lines
    assert line.fields == {}
