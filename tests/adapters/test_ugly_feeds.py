"""Files as spreadsheets and scripts break them: read whole, or refused with a line and a reason."""

from pathlib import Path

import pytest

from core.application.catalogue.feed_files import UnreadableFile
from entrepot.assembly.shop import Shop
from tests.feeds import cells, export, find, level_of, load, outcomes

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

HEADER = "Handle,Title,Variant SKU,Variant Price"
CUP = f"{HEADER}\ncup,Cup,CUP,9.00\n"
WESTERN = "Crème brûlée à la façon de Zoë"
JAPANESE = "急須と湯のみのセット カタログ"
TRADITIONAL = "青瓷茶壺與茶杯組合，手工製作"
KOREAN = "한국 찻주전자 세트 상품"
CHINESE = "青瓷茶壶与茶杯组合，手工制作"


@pytest.mark.parametrize(
    ("title", "encoding", "named"),
    [
        (WESTERN, "cp1252", "windows-1252"),
        (JAPANESE, "shift_jis", "cp932"),
        (JAPANESE, "euc_jp", "euc_jp"),
        (TRADITIONAL, "big5", "big5"),
        (KOREAN, "euc_kr", "cp949"),
        ("ЧАЙНИК фарфоровый", "cp1251", "windows-1251"),
    ],
)
async def test_another_encoding_is_named_and_asked_for(
    shop: Shop, tmp_path: Path, title: str, encoding: str, named: str
) -> None:
    content = CUP.replace("Cup", title).encode(encoding)
    for language in ("en", "zh"):
        with pytest.raises(UnreadableFile, match=named):
            await load(shop, content, tmp_path, language=language)
    await load(shop, content, tmp_path, encoding=encoding)
    assert (await find(shop, "cup")).title.in_language("en") == title


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030"])
async def test_a_known_encoding_is_read(shop: Shop, tmp_path: Path, encoding: str) -> None:
    await load(shop, CUP.replace("Cup", CHINESE).encode(encoding), tmp_path)
    assert (await find(shop, "cup")).title.in_language("en") == CHINESE


async def test_a_wrong_encoding_is_refused(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="Line 2"):
        await load(shop, CUP.replace("Cup", WESTERN).encode("cp1252"), tmp_path, encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f'{HEADER}\ncup,"Cup,CUP,9.00\nmug,Mug,MUG,9.00\n', "opens in line 2 is not closed"),
        (f'{HEADER}\n\ncup,"Cup" x,CUP,9.00\n', "Line 3 has text after a closing"),
        (f"{HEADER},SKU\ncup,Cup,CUP,9.00,X\n", "“Variant SKU” is in the header twice"),
        (f"{HEADER},title\ncup,Cup,CUP,9.00,X\n", "“title” is in the header twice"),
        ("id\ttitle\tprice\tg:price\n", "“price” is in the header twice"),
        ("Handle,Title,Variant SKU\ncup,Cup,CUP\n", "Variant Price"),
        (CUP.replace("Cup", "x" * 2_100_000), "line 2 is longer than"),
        ("\0\0\0\0", "not a text file"),
        (" \n\n", "is empty"),
    ],
)
async def test_a_broken_file_is_refused_with_the_line(
    shop: Shop, tmp_path: Path, content: str, reason: str
) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        await load(shop, content, tmp_path)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("bad,Bad,BAD,9.00,more", "more cells than the header"),
        ("bad,B\0ad,BAD,9.00", "NUL"),
        (f"bad,Bad,{'x' * 601},9.00", "longer than 600"),
        (f"bad,{'x' * 256},BAD,9.00", "longer than 255"),
        ("bad,Bad,3.6E+11,9.00", "spreadsheet"),
        ("bad,Bad,BAD,", "price is missing"),
        (",Bad,BAD,9.00", "no handle"),
    ],
)
async def test_a_broken_row_is_refused_and_the_others_are_imported(
    shop: Shop, tmp_path: Path, row: str, reason: str
) -> None:
    report = await load(shop, CUP + row + "\nmug,Mug,MUG,9.00\n" + "#" * 99, tmp_path)
    assert report.created == 2
    assert [each.line for each in report.refused] == [3, 5]
    assert reason in report.refused[0].reason


async def test_line_ends_quotes_emoji_and_formulas_come_back(shop: Shop, tmp_path: Path) -> None:
    body = "<p>Two\r\nlines, “quoted” &amp; 🫖</p>"
    text = (
        f"{HEADER},Body (HTML),Variant Inventory Qty\r\n\r\n"
        f'cup,"=1+1, ""best""",CUP,9.00,"{body}",7.0\r\n,,,,,\r\n'
    )
    assert outcomes(await load(shop, text, tmp_path)) == (1, 0, 0, 0)
    (row,) = cells(await export(shop))
    assert row["Title"] == '=1+1, "best"'
    assert row["Body (HTML)"].split() == body.split()
    assert (await level_of(shop, "CUP")).on_hand == 7
    assert outcomes(await load(shop, await export(shop), tmp_path)) == (0, 0, 1, 0)


@pytest.mark.parametrize("mark", [";", "\t", "|"])
async def test_separators_are_found(shop: Shop, tmp_path: Path, mark: str) -> None:
    text = f'sep={mark}\n"Handle"{mark}Title{mark}Variant Price\ncup{mark}Cup{mark}"9,00"\n'
    assert outcomes(await load(shop, text, tmp_path)) == (1, 0, 0, 0)


async def test_what_the_shop_does_not_use_is_said(shop: Shop, tmp_path: Path) -> None:
    text = (
        f"{HEADER},Variant Inventory Policy,Variant Inventory Tracker,Variant Inventory Qty,"
        "Gift Card,Status,Price / Europe,Inventory Available: Paris,\n"
        "cup,Cup,CUP,9.00,continue,shopify,3,FALSE,active,8.00,2,lost\n"
        "card,Card,CARD,9.00,deny,,,TRUE,active,,,\n"
        "secret,Secret,SECRET,9.00,deny,shopify,1,FALSE,unlisted,,,\n"
        "cup,Other,CUP-2,9.00,deny,shopify,1,FALSE,,,,\n"
    )
    report = await load(shop, text, tmp_path)
    assert (report.created, [row.line for row in report.refused]) == (3, [5])
    notes = [(note.line, note.text) for note in report.notes]
    for line, words in (
        (1, "“Price / Europe”; the shop has one price"),
        (1, "“Inventory Available: Paris”"),
        (2, "“lost” is in a column without a name"),
        (2, "set a backorder limit"),
        (3, "a gift card is a draft"),
        (3, "does not count this variant"),
        (4, "an unlisted product is a draft"),
        (5, "the title “Other” is not that of line 2"),
    ):
        assert any(at == line and words in text for at, text in notes), words
    assert {row["Handle"]: row["Status"] for row in cells(await export(shop))} == {
        "cup": "active",
        "card": "draft",
        "secret": "draft",
    }
    google = "id\ttitle\tprice\tavailability\tauto_pricing_min_price\nA\tA\t9.00 CNY\tin_stock\t5\n"
    report = await load(shop, google, tmp_path, "feed.tsv")
    assert [note.text for note in report.notes if note.line == 1] == [
        "not read: “auto_pricing_min_price”"
    ]


async def test_a_file_with_few_columns_changes_only_these(shop: Shop, tmp_path: Path) -> None:
    full = (
        f"{HEADER},Variant Compare At Price,Variant Grams,Variant Barcode,Variant Image,SEO Title,"
        "Cost per item,Body (HTML),Tags,Material (product.metafields.custom.material)\n"
        "cup,Cup,CUP,9.00,12.00,350,0690,https://x/a.jpg,Best,4.00,<p>Good</p>,tea,Clay\n"
    )
    await load(shop, full, tmp_path)
    before = cells(await export(shop))
    report = await load(shop, CUP.replace("9.00", "8.00"), tmp_path)
    assert outcomes(report) == (0, 1, 0, 0)
    (row,) = cells(await export(shop))
    assert row == before[0] | {"Variant Price": "8.00"}


async def test_a_sku_of_another_product_is_made_different(shop: Shop, tmp_path: Path) -> None:
    text = CUP + "mug,Mug,CUP,7.00\n"
    report = await load(shop, text, tmp_path)
    assert (outcomes(report), [note.line for note in report.notes if note.line > 1]) == (
        (2, 0, 0, 0),
        [3],
    )
    assert (await find(shop, "mug")).variants[0].supplier_sku == "CUP"
    backwards = f"{HEADER}\nmug,Mug,CUP,7.00\ncup,Cup,CUP,9.00\n"
    assert outcomes(await load(shop, backwards, tmp_path)) == (0, 0, 2, 0)
