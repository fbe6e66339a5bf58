"""Tax classes in catalogue files: taken over, kept for the export, or refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from entrepot.assembly.shop import Shop
from tests.feeds import cells, export, find, load, outcomes
from tests.pricing import VAT

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
SHOPIFY = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,"


def google(*categories: str) -> str:
    """One product with a line for each category."""
    rows = [
        f"T-{number}\ttea\tTea\t9.00 CNY\tin_stock\tcolor {number}\t{category}"
        for number, category in enumerate(categories)
    ]
    header = "id\titem_group_id\ttitle\tprice\tavailability\tcolor\ttax_category"
    return "\n".join([header, *rows])


async def test_the_tax_category_of_google_is_the_tax_class(shop: Shop, tmp_path: Path) -> None:
    refused = await load(shop, google("food"), tmp_path, "feed.tsv")
    assert [each.reason for each in refused.refused] == ["No tax rate has the class “food”."]
    await shop.save_tax_rate()("food", replace(VAT, tax_class="food"))
    report = await load(shop, google("food", "food", "books"), tmp_path, "feed.tsv")
    assert [each.line for each in report.refused] == [4]
    assert "not that of line 2" in report.refused[0].reason
    assert (await find(shop, "tea")).tax_class == "food"
    assert outcomes(await load(shop, google(""), tmp_path, "feed.tsv"))[0] == 0
    assert (await find(shop, "tea")).tax_class == "food"


async def test_goods_that_shopify_does_not_tax_are_exempt(shop: Shop, tmp_path: Path) -> None:
    untaxed = f"{SHOPIFY}Variant Taxable\nbook,Book,Title,Default Title,B,9.00,"
    await load(shop, untaxed + "FALSE", tmp_path)
    assert (await find(shop, "book")).tax_class == "exempt"
    (row,) = cells(await export(shop))
    assert row["Variant Taxable"] == "FALSE"
    await load(shop, untaxed + "true", tmp_path)
    assert (await find(shop, "book")).tax_class == "standard"
    wrong = await load(shop, untaxed + "maybe", tmp_path)
    assert [each.line for each in wrong.refused] == [2]


async def test_a_product_of_which_some_variants_are_taxed_is_not_taken_over_whole(
    shop: Shop, tmp_path: Path
) -> None:
    text = (
        f"{SHOPIFY}Variant Taxable\nbook,Book,Kind,paper,B-1,9.00,FALSE\n"
        "book,,,disc,B-2,9.00,TRUE\n"
    )
    report = await load(shop, text, tmp_path)
    assert [each.line for each in report.refused] == [3]


async def test_a_tax_code_of_shopify_is_kept_and_named(shop: Shop, tmp_path: Path) -> None:
    text = f"{SHOPIFY}Variant Tax Code\nbook,Book,Title,Default Title,B,9.00,PB100000\n"
    report = await load(shop, text, tmp_path)
    assert any("“Variant Tax Code”; the tax class" in note.text for note in report.notes)
    (row,) = cells(await export(shop))
    assert row["Variant Tax Code"] == "PB100000"
