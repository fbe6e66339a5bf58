"""Fields of products and variants: in the back office, on the product page and in the API."""

import httpx
import pytest

from core.application.catalogue.merging import has_same_content
from core.domain.catalogue.product import Product
from entrepot.assembly.shop import Shop
from tests.web.html_forms import submitted
from tests.web.test_product_form import product_of, signed_in

pytestmark = pytest.mark.anyio

PATH = "/en/admin/products/celadon-teapot"
TYPED = {
    "fields.crafts.glaze": "celadon",
    "fields.crafts.kiln": " Lóngquán <b> ",
    "fields.crafts.story": "Line one\r\n<script>two</script>",
    "fields.crafts.heat": "1280",
    "fields.crafts.lead": "0.010",
    "fields.crafts.food_safe": "false",
    "fields.crafts.fired_on": "2026-10-02",
    "fields.crafts.on_air": "2026-11-11T20:00",
}
STORED = {
    "crafts.glaze": "celadon",
    "crafts.kiln": "Lóngquán <b>",
    "crafts.story": "Line one\n<script>two</script>",
    "crafts.heat": 1280,
    "crafts.lead": "0.010",
    "crafts.food_safe": False,
    "crafts.fired_on": "2026-10-02",
    "crafts.on_air": "2026-11-11T12:00+00:00",
}


async def saved_with(client: httpx.AsyncClient, changes: dict[str, str]) -> httpx.Response:
    form = submitted((await client.get(PATH)).text, PATH)
    return await client.post(PATH, data={**form, **changes})


async def test_staff_give_values_and_buyers_see_those_that_are_shown(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await signed_in(client, stocked)
    before = await product_of(stocked, "celadon-teapot")
    assert before.fields == {"crafts.food_safe": True}
    sku = before.variants[0].sku
    clay = {f"variants.{sku}.fields.crafts.clay": "450"}
    assert (await saved_with(client, {**TYPED, **clay})).status_code == 303
    product = await product_of(stocked, "celadon-teapot")
    assert product.fields == STORED
    assert [each.fields for each in product.variants] == [{"crafts.clay": 450}, {}]
    page = (await client.get("/en/p/celadon-teapot")).text
    for shown in ("Glaze", "Celadon", "Kiln", "Lóngquán &lt;b&gt;", "Clay", "450 g", "Food safe"):
        assert shown in page
    assert "<script>two" not in page
    assert "Firing temperature" not in page
    assert "青瓷" in (await client.get("/zh/p/celadon-teapot")).text
    api = (await client.get("/api/v1/products/celadon-teapot?language=en")).json()
    assert api["fields"]["crafts.glaze"]["value"] == "celadon"
    assert set(api["fields"]) == {"crafts.glaze", "crafts.kiln", "crafts.story", "crafts.food_safe"}
    assert api["variants"][0]["fields"]["crafts.clay"]["text"].startswith("450")


async def test_an_untouched_form_changes_nothing(client: httpx.AsyncClient, stocked: Shop) -> None:
    await signed_in(client, stocked)
    await saved_with(client, TYPED)
    before = await product_of(stocked, "celadon-teapot")
    assert (await saved_with(client, {})).status_code == 303
    after: Product = await product_of(stocked, "celadon-teapot")
    assert has_same_content(before, after)
    assert after.version == before.version
    assert after.fields == STORED


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("fields.crafts.glaze", "oxblood", "is not one of the choices"),
        ("fields.crafts.kiln", "x" * 21, "at most 20 characters"),
        ("fields.crafts.heat", "80", "from 500 to 1500"),
        ("fields.crafts.heat", "hot", "is not a whole number"),
        ("fields.crafts.lead", "0.0001", "at most 3 digits"),
        ("fields.crafts.fired_on", "2026-02-30", "Enter a date such as"),
        ("fields.crafts.on_air", "soon", "Enter a moment such as"),
        ("fields.crafts.unknown", "1", "There is no field “crafts.unknown”"),
        ("fields.crafts.rank", "1", "The field “crafts.rank” cannot be changed here"),
        ("fields.crafts.clay", "1", "There is no field “crafts.clay”"),
    ],
)
async def test_a_wrong_value_is_refused_at_its_field_and_nothing_is_lost(
    client: httpx.AsyncClient, stocked: Shop, key: str, value: str, reason: str
) -> None:
    await signed_in(client, stocked)
    refused = await saved_with(client, {"fields.crafts.story": "kept <words>", key: value})
    assert refused.status_code == 422
    assert reason in refused.text
    assert "kept &lt;words&gt;" in refused.text
    assert (await product_of(stocked, "celadon-teapot")).fields == {"crafts.food_safe": True}


async def test_the_message_is_at_the_input_of_its_field(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await signed_in(client, stocked)
    refused = await saved_with(client, {"fields.crafts.heat": "80", "fields.crafts.kiln": "y" * 21})
    for key in ("fields.crafts.heat", "fields.crafts.kiln"):
        hint = refused.text.partition(f'id="{key}-hint"')[2].partition("<")[0]
        assert "from 500" in hint or "at most 20" in hint
