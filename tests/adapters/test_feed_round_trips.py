"""Generated files in two formats and two languages: importing again changes nothing."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from entrepot.assembly.shop import Shop
from tests.feeds import cells, export, find, load, outcomes

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

quick = settings(
    max_examples=6,
    deadline=None,
    # Each step is an import into a database: a smaller example is not worth minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
numbers = count()
Pair = tuple[str, str]
"""A text in English and in Chinese."""

COLUMNS = [
    *("Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags"),
    *("Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value"),
    *("Variant SKU", "Variant Price", "Variant Compare At Price", "Variant Grams"),
    *("Variant Barcode", "Variant Inventory Qty", "Image Src", "Image Position"),
    *("Image Alt Text", "SEO Title", "Cost per item", "Variant Image"),
    *("M (product.metafields.custom.material)", "C (product.metafields.my.care)", "Status"),
]
OPTIONS: list[Pair] = [("Colour", "颜色"), ("Size", "尺码")]
BRANDS: list[Pair] = [("", ""), ("Banshan", "半山"), ("Yimu", "Yimu")]
CATEGORIES: list[Pair] = [
    ("", ""),
    ("Clothing > Shirts", "服装 > 衬衫"),
    ("Men > Shoes", "男装 > 鞋"),
    ("Women > Shoes", "女装 > 鞋"),
]


def texts(alphabet: str, most: int = 12) -> st.SearchStrategy[str]:
    return st.text(alphabet, max_size=most).map(str.strip)


def words(alphabet: str = "aZ9é漢字 /&<>'\"=+,|🫖\n") -> st.SearchStrategy[str]:
    return texts(alphabet).filter(bool)


def pairs(text: st.SearchStrategy[str]) -> st.SearchStrategy[Pair]:
    return st.tuples(text, text)


@dataclass(frozen=True)
class Variant:
    code: str
    values: Sequence[Pair]
    price: int
    former: int | None
    grams: int
    barcode: str
    units: int | None
    cost: str


@dataclass(frozen=True)
class Item:
    handle: str
    title: Pair
    body: Pair
    brand: Pair
    category: Pair
    type: Pair
    tags: Sequence[Pair]
    variants: Sequence[Variant]
    pictures: Sequence[Pair]
    seo: Pair
    material: Sequence[Pair]
    care: Pair
    status: str


@st.composite
def variants(draw: st.DrawFn) -> list[Variant]:
    options = draw(st.integers(0, 2))
    values = [
        draw(
            st.lists(
                pairs(words()),
                min_size=1,
                max_size=3,
                unique_by=(lambda pair: pair[0], lambda pair: pair[1]),
            )
        )
        for _ in range(options)
    ]
    choices = st.tuples(*(st.sampled_from(each) for each in values))
    rows = draw(st.lists(choices, min_size=1, max_size=4 if options else 1, unique=True))
    # Some suppliers have one code for all variants, or none.
    codes = draw(st.sampled_from([texts("AB1 +#/()é", 4), st.just(""), st.just("ONE")]))
    return [
        Variant(
            code=draw(codes),
            values=row,
            price=draw(st.integers(0, 99_999)),
            former=draw(st.none() | st.integers(1, 99_999)),
            grams=draw(st.integers(0, 5_000)),
            barcode=draw(texts("0123456789", 13)),
            units=draw(st.none() | st.integers(-3, 50)),
            cost=draw(st.sampled_from(["", "4.00"])),
        )
        for row in rows
    ]


@st.composite
def items(draw: st.DrawFn) -> Item:
    suffix = draw(st.sampled_from(["", "_x", "-größe", "-" + "long-" * 30 + "x"]))
    return Item(
        handle=f"item-{next(numbers)}{suffix}",
        title=draw(pairs(words())),
        body=draw(pairs(texts("aé漢 &<>\n").map(lambda text: text and f"<p>{text}</p>"))),
        brand=draw(st.sampled_from(BRANDS)),
        category=draw(st.sampled_from(CATEGORIES)),
        type=draw(st.sampled_from([("", ""), ("Shoes", "鞋"), ("Tea", "茶")])),
        tags=draw(st.lists(pairs(words("ab漢 /&")), max_size=3, unique_by=lambda pair: pair[0])),
        variants=draw(variants()),
        pictures=draw(st.lists(pairs(texts("aé漢 ")), max_size=3)),
        seo=draw(pairs(texts("aé漢 "))),
        material=draw(st.lists(pairs(words("aé漢 /")), max_size=2, unique_by=lambda pair: pair[0])),
        care=draw(pairs(texts("aé漢 "))),
        status=draw(st.sampled_from(["active", "draft"])),
    )


def shopify(each: Sequence[Item], language: int) -> str:
    """The file in one language: 0 is English, 1 is Chinese."""
    file = StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()
    for item in each:
        rows = [_variant_cells(item, variant, language) for variant in item.variants]
        rows += [{} for _ in item.pictures[len(rows) :]]
        for place, (row, picture) in enumerate(zip(rows, item.pictures, strict=False), 1):
            row |= {
                "Image Src": f"https://x/{item.handle}/{place}.jpg",
                "Image Position": str(place),
                "Image Alt Text": picture[language],
            }
        rows[0] |= {
            "Title": item.title[language],
            "Body (HTML)": item.body[language],
            "Vendor": item.brand[language],
            "Product Category": item.category[language],
            "Type": item.type[language],
            "Tags": ", ".join(tag[language] for tag in item.tags),
            "SEO Title": item.seo[language],
            COLUMNS[-3]: "; ".join(dict.fromkeys(label[language] for label in item.material)),
            COLUMNS[-2]: item.care[language],
            "Status": item.status,
        }
        for place, _ in enumerate(item.variants[0].values):
            rows[0][f"Option{place + 1} Name"] = OPTIONS[place][language]
        writer.writerows({"Handle": item.handle, **row} for row in rows)
    return file.getvalue()


def _variant_cells(item: Item, variant: Variant, language: int) -> dict[str, str]:
    values = {
        f"Option{place} Value": pair[language] for place, pair in enumerate(variant.values, 1)
    }
    return {
        **values,
        "Variant SKU": variant.code and f"{item.handle[:9]}{variant.code}",
        "Variant Price": f"{variant.price / 100:.2f}",
        "Variant Compare At Price": "" if variant.former is None else f"{variant.former / 100:.2f}",
        "Variant Grams": str(variant.grams),
        "Variant Barcode": variant.barcode,
        "Variant Inventory Qty": "" if variant.units is None else str(variant.units),
        "Cost per item": variant.cost,
    }


@quick
@given(generated=st.lists(items(), min_size=1, max_size=2))
async def test_a_file_in_two_languages_is_imported_once(
    shop: Shop, tmp_path: Path, generated: list[Item]
) -> None:
    files = {"en": shopify(generated, 0), "zh": shopify(generated, 1)}
    new = len(generated)
    assert outcomes(await load(shop, files["en"], tmp_path)) == (new, 0, 0, 0)
    english = await export(shop, "en")
    chinese = await load(shop, files["zh"], tmp_path, language="zh")
    assert (chinese.created, chinese.refused) == (0, [])
    # A text that is only in Chinese is shown to the English, too.
    for before, after in zip(cells(english), cells(await export(shop, "en")), strict=True):
        assert before.items() <= after.items()
    for language, text in files.items():
        again = await load(shop, text, tmp_path, language=language)
        assert outcomes(again) == (0, 0, new, 0), language
        written = await export(shop, language)
        own = await load(shop, written, tmp_path, language=language)
        assert (own.created, own.updated, own.refused) == (0, 0, []), language
        _check_content(cells(text), cells(written), language)
        for item in generated:
            assert len((await find(shop, _handle(written, item))).variants) == len(item.variants)


def _handle(written: str, item: Item) -> str:
    """The handle that the shop made: those of tests begin with a number of their own."""
    number = item.handle.split("-")[1].split("_")[0]
    return next(
        row["Handle"]
        for row in cells(written)
        if row["Handle"].split("-")[1] == number or row["Handle"] == item.handle
    )


def _check_content(
    source: Sequence[dict[str, str]], written: Sequence[dict[str, str]], language: str
) -> None:
    """What the supplier wrote is what the shop exports."""
    kept = ("Title", "Variant Price", "Variant Compare At Price", "Variant Barcode", "SEO Title")
    for name in (*kept, "Option1 Value", "Option2 Value", "Image Src"):
        exported = [row[name] for row in written if name in row]
        for row in source:
            assert name not in row or row[name] in exported, (name, language)


@quick
@given(
    colours=st.lists(
        pairs(words("aé漢 /")), min_size=1, max_size=3, unique_by=lambda pair: pair[0]
    ),
    sale=st.sampled_from(["", "5.00 CNY"]),
    dates=st.sampled_from(["", "2020-01-01T00:00Z/2099-01-01T00:00Z", "soon"]),
)
async def test_a_feed_in_two_languages_is_imported_once(
    shop: Shop, tmp_path: Path, colours: list[Pair], sale: str, dates: str
) -> None:
    group = next(numbers)
    for language, name in enumerate(("en", "zh")):
        lines = [
            f"F {group}/{place}\tTitle {name}\t20.00 CNY\t{sale}\t{dates}\tin_stock\tG {group}"
            f"\t{colour[language]}\t{'S' if place else 'L'}"
            for place, colour in enumerate(colours)
        ]
        header = "id\ttitle\tprice\tsale_price\tsale_price_effective_date\tavailability"
        text = "\n".join([f"{header}\titem_group_id\tcolor\tsize", *lines])
        report = await load(shop, text, tmp_path, "feed.tsv", language=name)
        refused = len(report.refused)
        assert report.created == (0 if language else 1)
        again = await load(shop, text, tmp_path, "feed.tsv", language=name)
        assert outcomes(again) == (0, 0, 1, refused)
        own = await load(shop, await export(shop, name), tmp_path, language=name)
        assert (own.created, own.updated, own.refused) == (0, 0, [])
