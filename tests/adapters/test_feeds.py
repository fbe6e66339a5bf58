"""Product files: import, refused rows, repeated import, and export."""

import json
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

from adapters.cli.root import root
from adapters.feeds.reading import FeedReader
from core.application.catalogue.feed_files import FeedOptions, UnreadableFile
from core.domain.catalogue.category import Brand
from core.domain.catalogue.product import ProductState
from core.domain.identifiers import BrandId, Sku
from core.domain.money import Money
from entrepot.assembly.shop import Shop
from tests.feeds import PREFIX, cells, export, load

pytestmark = pytest.mark.anyio

# ruff: noqa: E501 -- rows of a CSV file
SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,Image Position,Image Alt Text,SEO Title,Variant Image,Cost per item,Material (product.metafields.custom.material),Status
tea-pot,Tea pot,"<p>A pot,
for tea.</p>",Qizuo,Home > Kitchen > Tea,Pot,"tea, clay",TRUE,Colour,Red,Size,S,POT-RS,400,5,168.00,199.00,'0690,https://cdn.example/pot.jpg,1,A pot,Best pot,https://cdn.example/red.jpg,80.00,Clay; Glass,active
tea-pot,,,,,,,,,Red,,L,POT-RL,600.5,3,228.00,,,https://cdn.example/pot2.jpg,2,,,,,,
tea-pot,,,,,,,,,Blue,,S,POT-BS,400,0,168,,,,,,,,,,
tea-pot,,,,,,,,,,,,,,,,,,https://cdn.example/pot3.jpg,3,,,,,,
cup,Cup,,Qizuo,,Cups,,FALSE,Title,Default Title,,,CUP,80,12,39.90,,,,,,,,,,draft
"""
GOOGLE = """\
id;title;description;link;image_link;availability;price;sale_price;brand;gtin;item_group_id;color;size;product_type;shipping_weight
SH-1;Shirt;A shirt & more;https://x/1;https://x/1.jpg;in_stock;99.00 CNY;79.00 CNY;Banshan;690;shirt;red;M;Wear > Shirts;0.2 kg
SH-2;Shirt;;https://x/2;https://x/2.jpg;out of stock;99.00 CNY;;Banshan;;shirt;red;L;Wear > Shirts;200 g
SH-3;Shirt;;https://x/3;;in_stock;99.00 USD;;Banshan;;shirt;blue;L;Wear > Shirts;
LAMP;Lamp;;https://x/4;;in_stock;199.00 CNY;;;;;;;Home;
""".replace(";", "\t")


def pictures(text: str) -> set[tuple[str, str, str]]:
    names = ("Handle", "Image Src", "Image Position")
    return {
        (row["Handle"], row["Image Src"], row["Image Position"])
        for row in cells(text)
        if all(name in row for name in names)
    }


async def test_a_shopify_export_becomes_products(shop: Shop, tmp_path: Path) -> None:
    report = await load(shop, SHOPIFY, tmp_path, "products.csv")
    assert (report.created, report.refused) == (2, [])
    async with shop.units()() as unit:
        pot = await unit.products.find("tea-pot")
        cup = await unit.products.find("cup")
        levels = await unit.stock.levels([Sku("POT-RS")])
    assert pot is not None
    assert cup is not None
    assert [variant.sku for variant in pot.variants] == ["POT-RS", "POT-RL", "POT-BS"]
    first = pot.variants[0]
    assert (first.price, first.compare_at) == (Money(16800, "CNY"), Money(19900, "CNY"))
    assert (first.barcode, first.weight_grams) == ("0690", 400)
    assert dict(first.options) == {"Colour": "Red", "Size": "S"}
    assert len(pot.pictures) == 3
    assert [each.value for each in pot.attributes] == ["Clay", "Glass"]
    assert pot.state is ProductState.PUBLISHED
    assert cup.state is ProductState.DRAFT
    assert cup.options == ()
    assert levels[0].on_hand == 5
    names = [each.name for each in await shop.catalogue_queries().categories("en")]
    assert names == ["Cups", "Home", "Kitchen", "Tea"]


async def test_the_same_file_again_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    await load(shop, SHOPIFY, tmp_path, "products.csv")
    before = await shop.catalogue_queries().version()
    report = await load(shop, SHOPIFY, tmp_path, "products.csv")
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    assert await shop.catalogue_queries().version() == before


async def test_an_export_has_all_data_of_the_import(shop: Shop, tmp_path: Path) -> None:
    await load(shop, SHOPIFY, tmp_path, "products.csv")
    written = await export(shop)
    exported = {row["Variant SKU"]: row for row in cells(written)}
    for source in cells(SHOPIFY):
        row = exported.get(source.get("Variant SKU", ""), source)
        for name, value in source.items():
            same = {
                "Variant Price": f"{float(value):.2f}" if "Price" in name else "",
                "Variant Grams": "601" if value == "600.5" else value,
                "Variant Barcode": value.lstrip("'"),
            }.get(name, value)
            if name != "Type":
                assert row[name] == same, name
    assert pictures(written) == pictures(SHOPIFY)
    report = await load(shop, written, tmp_path, "again.csv")
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    assert await export(shop) == written


async def test_the_newer_column_names_are_read(shop: Shop, tmp_path: Path) -> None:
    text = (
        "Title,URL handle,Description,Vendor,Published on online store,Status,SKU,Option1 name,"
        "Option1 value,Price,Compare-at price,Inventory quantity,Weight value (grams),"
        "Product image URL\n"
        "Lamp,lamp,<p>x</p>,Yimu,TRUE,Active,LAMP-1,Size,S,199.00,,4,900,https://x/lamp.jpg\n"
    )
    assert (await load(shop, text, tmp_path, "new.csv")).created == 1
    async with shop.units()() as unit:
        lamp = await unit.products.find("lamp")
    assert lamp is not None
    assert lamp.variants[0].weight_grams == 900


async def test_wrong_rows_are_refused_by_line_and_the_others_are_imported(
    shop: Shop, tmp_path: Path
) -> None:
    text = (
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty\n"
        "good,Good,Size,S,G-S,10.00,1\n"
        "good,,,M,G-M,ten,1\n"
        "good,,,S,G-X,10.00,1\n"
        "good,,,L,,11.00,\n"
        ",No handle,,,X,1.00,1\n"
        "Bad Handle!,Bad,,,Y,1.00,1\n"
        "no-title,,,,Z,1.00,1\n"
        "negative,Negative,Title,Default Title,NEG,-1.00,1\n"
        "lossy,Lossy,Title,Default Title,3.65E+11,1.00,1\n"
        "few,Few,Title,Default Title,FEW,1.00,-2\n"
    )
    report = await load(shop, text, tmp_path, "bad.csv")
    assert report.created == 3
    assert [row.line for row in report.refused] == [3, 4, 6, 8, 9, 10]
    assert all(row.reason for row in report.refused)
    assert [note.line for note in report.notes] == [7, 11]
    async with shop.units()() as unit:
        good = await unit.products.find("good")
    assert good is not None
    assert len(good.variants) == 2


async def test_a_refused_row_does_not_delete_its_variant(shop: Shop, tmp_path: Path) -> None:
    await load(shop, SHOPIFY, tmp_path, "products.csv")
    report = await load(shop, SHOPIFY.replace(",228.00,", ",oops,"), tmp_path, "worse.csv")
    assert [row.line for row in report.refused] == [4]
    async with shop.units()() as unit:
        pot = await unit.products.find("tea-pot")
    assert pot is not None
    assert {variant.sku for variant in pot.variants} == {"POT-RS", "POT-RL", "POT-BS"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-8"])
async def test_chinese_files_are_read_in_their_encodings(
    shop: Shop, tmp_path: Path, encoding: str
) -> None:
    text = "Handle,Title,Variant SKU,Variant Price\r\ncup,青瓷杯,CUP,39.90\r\n"
    await load(shop, text.encode(encoding), tmp_path, "zh.csv", language="zh")
    async with shop.units()() as unit:
        cup = await unit.products.find("cup")
    assert cup is not None
    assert cup.title.in_language("zh") == "青瓷杯"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n ", "is empty"),
        (b"\x00\x01\x02", "not a text file"),
        (b"a,b\n1,2\n", "neither a Shopify"),
        (b"Handle,Handle,Variant Price\n", "twice"),
        (b"\xff\xff\xff\xff,\n", "not UTF-8"),
    ],
)
async def test_an_unreadable_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    with pytest.raises(UnreadableFile, match=reason):
        FeedReader("CNY", PREFIX)(file, FeedOptions(language="zh"))


async def test_categories_with_the_same_name_are_different(shop: Shop, tmp_path: Path) -> None:
    text = (
        "Handle,Title,Product Category,Variant SKU,Variant Price\n"
        "a,A,Men > Shirts,A,1.00\nb,B,Women > Shirts,B,1.00\n"
    )
    await load(shop, text, tmp_path, "shirts.csv")
    async with shop.units()() as unit:
        tree = {each.id: each for each in await unit.categories.list()}
        found = [await unit.products.find(handle) for handle in ("a", "b")]
    parents = [tree[each.category_id].parent_id for each in found if each]
    assert [tree[each].slug for each in parents if each] == ["men", "women"]
    assert (await load(shop, text, tmp_path, "shirts.csv")).unchanged == 2


async def test_two_groups_with_the_same_slug_are_two_products(shop: Shop, tmp_path: Path) -> None:
    text = (
        "id\ttitle\tprice\tavailability\nA-1\tA\t1.00 CNY\tin_stock\na/1\tB\t2.00 CNY\tin_stock\n"
    )
    assert (await load(shop, text, tmp_path, "feed.tsv")).created == 2


async def test_numbers_that_are_too_large_are_refused(shop: Shop, tmp_path: Path) -> None:
    text = (
        "Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty,Variant Grams\n"
        f"a,A,A,1.00,{'9' * 30},1\nb,B,B,1.00,1,{'9' * 30}\nc,C,C,{'9' * 5000},1,1\nd,D,D,1,1,1\n"
    )
    report = await load(shop, text, tmp_path, "huge.csv")
    assert (report.created, [row.line for row in report.refused]) == (1, [2, 3, 4])


async def test_a_google_feed_becomes_products(shop: Shop, tmp_path: Path) -> None:
    report = await load(shop, GOOGLE, tmp_path, "feed.tsv")
    assert report.created == 2
    assert [row.line for row in report.refused] == [4]
    async with shop.units()() as unit:
        shirt = await unit.products.find("shirt")
        levels = await unit.stock.levels([Sku("SH-1"), Sku("SH-2")])
    assert shirt is not None
    first = shirt.variants[0]
    assert (first.price.minor, first.compare_at) == (7900, Money(9900, "CNY"))
    assert first.weight_grams == 200
    assert {level.sku: level.on_hand for level in levels} == {"SH-1": 5, "SH-2": 0}
    assert "&amp; more" in shirt.description.in_language("en")
    again = await load(shop, GOOGLE, tmp_path, "feed.tsv")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


async def test_the_export_of_the_demo_imports_without_changes(shop: Shop, tmp_path: Path) -> None:
    """The Chinese export contains all fields of the demo's products."""
    from entrepot.demo.catalogue import DemoGoods  # noqa: PLC0415 -- the import reads a large file

    goods = DemoGoods("CNY")
    for category in goods.categories():
        await shop.save_category()(category.slug, category.name, category.parent, category.position)
    async with shop.units()() as unit:
        for slug, name in goods.brands():
            await unit.brands.save(Brand(id=BrandId(uuid4()), slug=slug, name=name))
        await unit.commit()
    for product in list(goods.products())[:20]:
        await shop.save_product()(product.draft)
    written = await export(shop, "zh")
    report = await load(shop, written, tmp_path, "demo.csv", language="zh")
    assert (report.updated, report.unchanged, report.refused) == (0, 20, [])
    async with shop.units()() as unit:
        assert len(await unit.brands.list()) == len(list(goods.brands()))


def test_the_command_prints_a_report_and_exits_with_1(tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    text = SHOPIFY.replace("Best pot", "Théière") + "cup2,,,,,,,,,,,,,,,1.00,,,,,,,,,,\n"
    file.write_text(text, encoding="windows-1252")
    command = [sys.executable, "-m", "entrepot", "catalog", "import", str(file), "--json"]
    command += ["--language", "en", "--encoding", "windows-1252"]
    environment = {
        "PATH": "/usr/bin:/bin",
        "ENTREPOT_SECRET_KEY": "x" * 32,
        "ENTREPOT_PAYMENT_SANDBOX_SECRET": "y" * 32,
        "ENTREPOT_DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}",
        "ENTREPOT_DATA_DIR": str(tmp_path),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert report["created"] == 2
    assert report["refused"][0]["line"] == 8
    assert {note["text"] for note in report["notes"]} > {"the category “Cups” was created"}


@pytest.mark.parametrize("name", ["nope", "base64"])
def test_an_unknown_encoding_is_a_wrong_option(tmp_path: Path, name: str) -> None:
    file = tmp_path / "products.csv"
    file.touch()
    done = CliRunner().invoke(root, ["catalog", "import", str(file), "--encoding", name])
    assert (done.exit_code, "windows-1252" in done.output) == (2, True)


async def test_a_filter_keeps_its_names_in_other_languages(shop: Shop, tmp_path: Path) -> None:
    """Two products have one value; the second is in one language only."""
    header = "Handle,Title,Variant SKU,Variant Price,{} (product.metafields.custom.material)\n"
    english = header.format("Material") + "a,A,A,9.00,Linen\n"
    await load(shop, english, tmp_path)
    await load(shop, header.format("材质") + "a,甲,A,9.00,亚麻\n", tmp_path, language="zh")
    await load(shop, english.replace("a,A,A", "b,B,B"), tmp_path)
    for language, label in (("en", ("Material", "Linen")), ("zh", ("材质", "亚麻"))):
        labels = await shop.catalogue_queries().facet_labels(language)
        assert [(each.name, each.label) for each in labels] == [label]
