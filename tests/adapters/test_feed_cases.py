"""Published files of shops, each with what is right."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.application.carts.ownership import CartOwner
from core.application.catalogue.drafts import ProductDraft, VariantDraft
from core.application.catalogue.feed_files import UnreadableFile
from core.application.catalogue.feeds import NO_MEANING
from core.domain.errors import OutOfStock
from core.domain.identifiers import Sku
from core.domain.money import Money
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from tests.bank import BACK, Bank, checkout, notification
from tests.factories import DELIVERY
from tests.feeds import case, cells, export, find, level_of, load, load_file, outcomes

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def price_of(shop: Shop, sku: str) -> int:
    return (await shop.catalogue_queries().offers([Sku(sku)]))[Sku(sku)].price.minor


async def test_a_decimal_comma_is_no_thousands_mark(shop: Shop) -> None:
    report = await load_file(shop, case("decimal-comma.csv"))
    assert [row.line for row in report.refused] == [5]
    prices = [await price_of(shop, f"CM-{number}") for number in (1, 2, 3, 5)]
    assert prices == [1990, 99, 129900, 129900]
    assert (await find(shop, "comma-mug")).variants[0].compare_at == Money(2450, "CNY")


async def test_a_price_to_compare_with_is_kept_and_not_shown(shop: Shop) -> None:
    """The report says so once; evidence stays with the amount that it was given for."""
    report = await load_file(shop, case("decimal-comma.csv"))
    assert [note.text for note in report.notes if "evidence" in note.text] == [
        f"“Variant Compare At Price” {NO_MEANING}"
    ]
    mug = await find(shop, "comma-mug")
    first = mug.variants[0]
    proven = VariantDraft(
        sku=first.sku,
        price=first.price,
        options=first.options,
        compare_at=first.compare_at,
        suggested_by="Price list, page 7",
    )
    draft = ProductDraft(
        handle=mug.handle,
        title=mug.title,
        category=None,
        options=mug.options,
        variants=(proven,),
        keep=frozenset(each.sku for each in mug.variants),
    )
    await shop.save_product()(draft)
    await load_file(shop, case("decimal-comma.csv"))
    assert (await find(shop, "comma-mug")).variants[0].compare_at_evidence == "Price list, page 7"
    other = replace(proven, compare_at=Money(9900, "CNY"), suggested_by=None)
    await shop.save_product()(replace(draft, variants=(other,)))
    changed = next(
        each for each in (await find(shop, "comma-mug")).variants if each.sku == first.sku
    )
    assert (changed.compare_at, changed.compare_at_basis) == (Money(9900, "CNY"), "")


async def test_a_western_file_is_not_read_as_chinese(shop: Shop) -> None:
    with pytest.raises(UnreadableFile, match="windows-1252"):
        await load_file(shop, case("windows-1252.csv"))
    assert await shop.catalogue_queries().newest(9) == ()
    await load_file(shop, case("windows-1252.csv"), encoding="windows-1252")
    assert (await find(shop, "creme-dish")).title.in_language("en") == "Crème dish"


async def test_a_sale_price_counts_between_its_moments(shop: Shop) -> None:
    report = await load_file(shop, case("sale-over.tsv"))
    assert outcomes(report) == (2, 0, 0, 0)
    assert (await price_of(shop, "SD-1"), await price_of(shop, "SD-2")) == (2000, 500)
    assert outcomes(await load_file(shop, case("sale-over.tsv"))) == (0, 0, 2, 0)


async def test_made_up_skus_are_unique_and_stay(shop: Shop) -> None:
    assert outcomes(await load_file(shop, case("long-handles-no-sku.csv"))) == (2, 0, 0, 0)
    skus = {row["Variant SKU"] for row in cells(await export(shop))}
    assert len(skus) == 2
    assert outcomes(await load_file(shop, case("long-handles-no-sku.csv"))) == (0, 0, 2, 0)
    assert {row["Variant SKU"] for row in cells(await export(shop))} == skus


async def test_one_sku_for_three_variants_is_three_skus(shop: Shop, tmp_path: Path) -> None:
    report = await load_file(shop, case("one-sku-for-all.csv"))
    assert outcomes(report) == (1, 0, 0, 0)
    assert [note.line for note in report.notes] == [3, 4]
    wig = await find(shop, "wig")
    assert [variant.price.minor for variant in wig.variants] == [9000, 11000, 13000]
    assert [(await level_of(shop, each.sku)).on_hand for each in wig.variants] == [5, 4, 3]
    written = await export(shop)
    assert [row["Variant SKU"] for row in cells(written)] == ["WIG-1"] * 3
    assert outcomes(await load(shop, written, tmp_path)) == (0, 0, 1, 0)
    lines = case("one-sku-for-all.csv").read_text().splitlines()
    reordered = "\n".join([lines[0], lines[1], lines[3], lines[2]])
    await load(shop, reordered, tmp_path)
    again = {each.sku: each.price for each in (await find(shop, "wig")).variants}
    assert again == {each.sku: each.price for each in wig.variants}


async def test_a_supplier_names_things_as_it_likes(shop: Shop, tmp_path: Path) -> None:
    report = await load_file(shop, case("sku-as-people-write-them.csv"))
    assert outcomes(report) == (4, 0, 0, 0)
    assert [note.line for note in report.notes] == [2, 3, 4, 5]
    written = await export(shop)
    assert [row["Variant SKU"] for row in cells(written)] == ["AB 12", "Rose+Box", "#12", "A(1)"]
    assert outcomes(await load(shop, written, tmp_path)) == (0, 0, 4, 0)
    assert outcomes(await load_file(shop, case("sku-as-people-write-them.csv"))) == (0, 0, 4, 0)
    rows, _ = await shop.product_queries().list(
        words="Rose+Box", state=None, language="en", limit=9, cursor=""
    )
    assert [row.handle for row in rows] == ["sku-b"]


async def test_less_than_nothing_is_nothing(shop: Shop) -> None:
    report = await load_file(shop, case("below-zero.csv"))
    assert outcomes(report) == (1, 0, 0, 0)
    assert [note.line for note in report.notes] == [3]
    assert (await level_of(shop, "NEG-1")).on_hand == 5
    assert (await level_of(shop, "NEG-2")).on_hand == 0


async def test_handles_of_all_kinds_become_addresses(shop: Shop) -> None:
    report = await load_file(shop, case("handles.csv"))
    assert outcomes(report) == (3, 0, 0, 0)
    assert [note.line for note in report.notes] == [2, 3, 4]
    assert outcomes(await load_file(shop, case("handles.csv"))) == (0, 0, 3, 0)


async def test_the_whole_path_wins_over_one_name(shop: Shop, tmp_path: Path) -> None:
    await load_file(shop, case("type-and-category.csv"))
    rows = {row["Handle"]: row for row in cells(await export(shop))}
    assert rows["brogues"]["Product Category"] == "Men > Shoes"
    assert rows["brogues"]["Type"] == "Shoes"
    assert rows["pumps"]["Product Category"] == "Women > Shoes"
    assert outcomes(await load(shop, await export(shop), tmp_path)) == (0, 0, 2, 0)


async def test_the_order_of_properties_is_no_change(shop: Shop, tmp_path: Path) -> None:
    file = case("properties-in-two-orders.csv")
    assert outcomes(await load_file(shop, file)) == (2, 0, 0, 0)
    assert outcomes(await load(shop, await export(shop), tmp_path)) == (0, 0, 2, 0)
    assert outcomes(await load_file(shop, file)) == (0, 0, 2, 0)


async def test_two_languages_are_one_product(shop: Shop, tmp_path: Path) -> None:
    assert outcomes(await load_file(shop, case("two-languages-en.csv"))) == (1, 0, 0, 0)
    chinese = await load_file(shop, case("two-languages-zh.csv"), language="zh")
    assert outcomes(chinese) == (0, 1, 0, 0)
    shown = {}
    for language in ("en", "zh"):
        view = await shop.catalogue_queries().product("linen-shirt", language)
        assert view is not None
        options = {option.name: [each.name for each in option.values] for option in view.options}
        properties = {each.name: each.label for each in view.attributes}
        tree = [each.name for each in await shop.catalogue_queries().categories(language)]
        pictures = [each.alt for each in view.pictures]
        shown[language] = (view.title, view.brand, tree, options, properties, pictures)
    assert shown["en"] == (
        "Linen shirt",
        "Banshan",
        ["Clothing", "Shirts"],
        {"Colour": ["Red", "Blue"], "Size": ["M"]},
        {"Material": "Linen"},
        ["Front"],
    )
    assert shown["zh"] == (
        "亚麻衬衫",
        "半山",
        ["服装", "衬衫"],
        {"颜色": ["红色", "蓝色"], "尺码": ["M"]},
        {"材质": "亚麻"},
        ["正面"],
    )
    product = await find(shop, "linen-shirt")
    assert set(product.tags) == {"summer", "夏季"}
    for language, file in (("en", "two-languages-en.csv"), ("zh", "two-languages-zh.csv")):
        assert outcomes(await load_file(shop, case(file), language=language)) == (0, 0, 1, 0)
        written = await export(shop, language)
        assert outcomes(await load(shop, written, tmp_path, language=language)) == (0, 0, 1, 0)


async def test_semicolons_part_the_fields(shop: Shop) -> None:
    assert outcomes(await load_file(shop, case("office-in-europe.csv"))) == (1, 0, 0, 0)
    assert await price_of(shop, "SE-1") == 900


async def test_a_count_below_the_orders_leaves_nothing_for_sale(shop: Shop, bank: Bank) -> None:
    await load_file(shop, case("stock-1.csv"))
    owner = CartOwner(token="cart")
    await shop.add_to_cart()(owner, Sku("ST-S"), 4)
    await shop.set_delivery()(owner, DELIVERY)
    placed = await shop.place_order()(owner, await checkout(shop, owner))
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    report = await load_file(shop, case("stock-2.csv"))
    assert outcomes(report) == (0, 1, 0, 0)
    (note,) = report.notes
    assert note.line == 2
    assert "2 more than there are" in note.text
    assert "cannot be met" in note.text
    assert (await price_of(shop, "ST-S"), await price_of(shop, "ST-L")) == (5500, 6600)
    assert (await level_of(shop, "ST-L")).available == 9
    with pytest.raises(OutOfStock):
        await shop.add_to_cart()(replace(owner, token="other"), Sku("ST-S"), 1)
    again = await load_file(shop, case("stock-2.csv"))
    assert (outcomes(again), again.notes) == ((0, 0, 1, 0), [note])


@pytest.mark.parametrize("name", ["long-description.csv", "slash-in-values.csv"])
async def test_long_texts_and_slashes_come_back_as_they_were(
    shop: Shop, tmp_path: Path, name: str
) -> None:
    assert outcomes(await load_file(shop, case(name))) == (1, 0, 0, 0)
    source = cells(case(name).read_text(encoding="utf-8"))
    for row, written in zip(source, cells(await export(shop)), strict=True):
        prices = {"Variant Price": f"{float(row['Variant Price']):.2f}"}
        assert row | prices == {column: written.get(column) for column in row}
    assert outcomes(await load(shop, await export(shop), tmp_path)) == (0, 0, 1, 0)
