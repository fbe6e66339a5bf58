"""Fields of plugins in product files: what is exported is imported again."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.application.catalogue.drafts import ProductDraft
from core.domain.fields.checks import FieldValue
from entrepot.assembly.shop import Shop
from tests.factories import a_draft, stock_up
from tests.feeds import cells, export, find, load, outcomes

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

WORDS = st.text("aZ9é漢字 /&<>'\"=+,|🫖", min_size=1, max_size=12).map(str.strip).filter(bool)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1))  # noqa: DTZ001 -- as typed
VALUES: dict[str, st.SearchStrategy[FieldValue]] = {
    "crafts.glaze": st.sampled_from(["celadon", "tenmoku"]),
    "crafts.kiln": WORDS,
    "crafts.story": LINES,
    "crafts.heat": st.integers(500, 1500),
    "crafts.lead": st.from_regex(r"-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?", fullmatch=True),
    "crafts.food_safe": st.booleans(),
    "crafts.fired_on": st.dates().map(lambda day: day.isoformat()),
    "crafts.on_air": MOMENTS.map(lambda moment: moment.isoformat(timespec="minutes")),
}
CLAYS = st.lists(st.none() | st.integers(1, 9999), min_size=2, max_size=2)


@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(values=st.fixed_dictionaries({}, optional=VALUES), clays=CLAYS)
async def test_an_exported_product_is_imported_as_it_was(
    shop: Shop, tmp_path: Path, values: dict[str, FieldValue], clays: list[int | None]
) -> None:
    nothing = dict.fromkeys(VALUES)
    draft = a_draft("pot")
    await stock_up(shop, _with(replace(draft, fields={**nothing, **values}), clays))
    before = await find(shop, "pot")
    assert set(before.fields) == set(values)
    file = await export(shop)
    assert outcomes(await load(shop, file, tmp_path)) == (0, 0, 1, 0)
    await shop.save_product()(_with(replace(draft, fields=nothing), [None, None]))
    assert (await find(shop, "pot")).fields == {}
    assert (await load(shop, file, tmp_path)).refused == []
    after = await find(shop, "pot")
    assert after.fields == before.fields
    assert [each.fields for each in after.variants] == [each.fields for each in before.variants]


async def test_an_empty_cell_removes_the_value_and_a_missing_column_keeps_it(
    shop: Shop, tmp_path: Path
) -> None:
    await stock_up(shop, a_draft("pot", fields={"crafts.kiln": "Ru", "crafts.heat": 1200}))
    file = (await export(shop)).replace("field:crafts.kiln", "other").replace(",1200,", ",,")
    assert outcomes(await load(shop, file, tmp_path)) == (0, 1, 0, 0)
    assert (await find(shop, "pot")).fields == {"crafts.kiln": "Ru", "crafts.food_safe": True}


HEADER = "Handle,Title,Type,Variant SKU,Variant Price"


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("field:crafts.colour", "red", "there is no field “crafts.colour”"),
        ("field:crafts.heat", "80", "“crafts.heat”: Enter a number from 500 to 1500."),
        ("field:crafts.card", "hello", "not of products"),
        ("field:crafts.rank", "3", "cannot be changed here"),
    ],
)
async def test_a_wrong_column_or_cell_is_refused_with_its_line(
    shop: Shop, tmp_path: Path, column: str, cell: str, reason: str
) -> None:
    await stock_up(shop)
    file = f"{HEADER},{column}\ncup,Cup,teapots,CUP,9,{cell}\n"
    (refused,) = (await load(shop, file, tmp_path)).refused
    assert refused.line == 2
    assert reason in refused.reason


async def test_a_field_of_the_product_in_the_row_of_a_variant_is_refused(
    shop: Shop, tmp_path: Path
) -> None:
    await stock_up(shop)
    header = "Handle,Title,Type,Option1 Name,Option1 Value,Variant SKU,Variant Price"
    rows = "cup,Cup,teapots,Size,s,C1,9,\ncup,,,,l,C2,9,Ru\n"
    refused = (await load(shop, f"{header},field:crafts.kiln\n{rows}", tmp_path)).refused
    assert "write it in line 2" in refused[0].reason


async def test_a_merchant_feed_has_the_columns_too(shop: Shop, tmp_path: Path) -> None:
    await stock_up(shop)
    header = "id\ttitle\tprice\tavailability\tproduct_type\tfield:crafts.kiln\tfield:crafts.clay"
    row = "mug\tMug\t9 CNY\tin_stock\tTeapots\tRu\t300"
    report = await load(shop, f"{header}\n{row}\n", tmp_path, "feed.tsv")
    assert report.refused == []
    mug = await find(shop, "mug")
    assert (mug.fields["crafts.kiln"], mug.variants[0].fields) == ("Ru", {"crafts.clay": 300})
    assert not any("not read" in note.text for note in report.notes)


async def test_the_export_has_a_column_for_each_field_with_a_value(shop: Shop) -> None:
    await stock_up(shop, a_draft("pot", fields={"crafts.glaze": "celadon"}))
    (first, *_) = cells(await export(shop))
    fields = {name: cell for name, cell in first.items() if name.startswith("field:")}
    assert fields == {"field:crafts.glaze": "celadon", "field:crafts.food_safe": "true"}


def _with(draft: ProductDraft, clays: list[int | None]) -> ProductDraft:
    variants = zip(draft.variants, clays, strict=True)
    return replace(
        draft,
        variants=tuple(replace(each, fields={"crafts.clay": clay}) for each, clay in variants),
    )
