"""Filterable fields are facets with counts in lists and in the API, without one more statement."""

import httpx
import pytest
from dependency_injector import providers

from core.application.catalogue.drafts import VariantDraft
from core.domain.fields.declared import DeclaredFields
from core.domain.identifiers import Sku
from entrepot.assembly.shop import Shop
from ports.search import SearchQuery
from tests.factories import a_draft, stock_up, yuan
from tests.web.api_client import API
from tests.web.test_statement_counts import MAX_STATEMENTS, PAGES, statements_of

pytestmark = pytest.mark.anyio

ENGLISH = {"accept-language": "en"}


def clay_of(handle: str, *grams: int) -> tuple[VariantDraft, ...]:
    return tuple(
        VariantDraft(
            sku=Sku(f"{handle}-{size}".upper()),
            price=yuan(9),
            options={"size": size},
            fields={"crafts.clay": weight},
            on_hand=1,
        )
        for size, weight in zip("sl", grams, strict=False)
    )


@pytest.fixture
async def pots(stocked: Shop) -> Shop:
    for number, glaze in enumerate(("celadon", "celadon", "tenmoku")):
        handle = f"pot-{number}"
        fields = {"crafts.glaze": glaze, "crafts.heat": 1200 + number, "crafts.kiln": "Ru"}
        draft = a_draft(handle, fields=fields, variants=clay_of(handle, 300, 400 + number))
        await stock_up(stocked, draft)
    await stocked.relay_events().drain()
    await stocked.deliver_events().drain()
    return stocked


async def test_a_program_filters_by_fields_of_products_and_variants(
    client: httpx.AsyncClient, pots: Shop
) -> None:
    del pots
    found = (await client.get(f"{API}/products", headers=ENGLISH)).json()
    facets = {each["code"]: each for each in found["facets"]}
    assert "fields.crafts.kiln" not in facets
    glaze = facets["fields.crafts.glaze"]
    assert glaze["name"] == "Glaze"
    counts = {each["value"]: (each["label"], each["count"]) for each in glaze["values"]}
    assert counts == {"celadon": ("Celadon", 2), "tenmoku": ("Tenmoku", 1)}
    clay = {each["label"]: each["count"] for each in facets["fields.crafts.clay"]["values"]}
    assert clay == {"300 g": 3, "400 g": 1, "401 g": 1, "402 g": 1}
    query = "filter=fields.crafts.glaze:celadon&filter=fields.crafts.clay:401"
    chosen = (await client.get(f"{API}/products?{query}")).json()
    assert [each["handle"] for each in chosen["products"]] == ["pot-1"]


async def test_a_list_has_the_filter_in_the_language_of_the_page(
    client: httpx.AsyncClient, pots: Shop
) -> None:
    page = (await client.get("/zh/c/teapots")).text
    assert "釉色" in page
    assert "青瓷 <small>2</small>" in page
    filtered = (await client.get("/zh/c/teapots?filter=fields.crafts.glaze:tenmoku")).text
    assert "/p/pot-2" in filtered
    assert "/p/pot-0" not in filtered
    pots.declared_fields.override(providers.Object(DeclaredFields()))
    pots.browse_products.reset()
    listing = await pots.browse_products()(SearchQuery(), "en")
    assert [each.code for each in listing.facets if each.code.startswith("fields.")] == []


async def test_fields_cost_no_statement(client: httpx.AsyncClient, pots: Shop) -> None:
    for path in (*PAGES, "/zh/p/pot-0", "/zh/c/teapots?filter=fields.crafts.glaze:celadon"):
        await client.get(path)
        with_fields = await statements_of(pots, client, path)
        assert with_fields <= MAX_STATEMENTS, path
