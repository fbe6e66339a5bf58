"""The demo products from ``goods.toml``: kinds × series, in colours and sizes."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from core.application.catalogue.drafts import ProductDraft, VariantDraft
from core.domain.catalogue.attribute import Attribute, AttributeKind
from core.domain.catalogue.product import Picture, ProductState
from core.domain.catalogue.variant import OptionType, OptionValue, Sale
from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.text import Text
from entrepot.demo.pictures import picture

GOODS = Path(__file__).with_name("goods.toml")
COLOUR = Text({"zh": "颜色", "en": "Colour"})
SIZE = Text({"zh": "规格", "en": "Size"})
MATERIAL = Text({"zh": "材质", "en": "Material"})
SERIES = Text({"zh": "系列", "en": "Series"})

SUGGESTED = frozenset({"pens", "lamps"})
"""Categories whose manufacturers suggest retail prices."""

EVIDENCE = "Manufacturer's price list, January 2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCategory:
    slug: str
    name: Text
    parent: str | None
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProduct:
    """A draft with its pictures. ``leaf``, ``kind`` and ``series`` are for the demo orders."""

    draft: ProductDraft
    pictures: tuple[tuple[str, bytes], ...]
    leaf: str
    kind: int
    series: int


class DemoGoods:
    """The content of ``goods.toml``. The same seed gives the same products."""

    def __init__(self, currency: str, seed: int = 20_260_101) -> None:
        self._goods: dict[str, Any] = tomllib.loads(GOODS.read_text(encoding="utf-8"))
        self._currency = currency
        self._random = Random(seed)  # noqa: S311 -- a demo is not a secret

    @property
    def series(self) -> list[list[str]]:
        rows: list[list[str]] = self._goods["series"]["all"]
        return rows

    def categories(self) -> Iterator[DemoCategory]:
        """Parents before children."""
        for place, top in enumerate(self._goods["top"]):
            yield _category(top, None, place)
            for middle_place, middle in enumerate(top["middle"]):
                yield _category(middle, top["slug"], middle_place)
                for leaf_place, leaf in enumerate(middle["leaf"]):
                    yield _category(leaf, middle["slug"], leaf_place)

    def products(self) -> Iterator[DemoProduct]:
        for top in self._goods["top"]:
            for middle in top["middle"]:
                for leaf in middle["leaf"]:
                    for kind in range(len(leaf["kinds"])):
                        for series in range(len(self.series)):
                            yield self._product(leaf, kind, series)

    def _product(self, leaf: dict[str, Any], kind: int, series: int) -> DemoProduct:
        code, series_zh, series_en, motif, *story = self.series[series]
        kind_zh, kind_en, price, grams, *words = leaf["kinds"][kind]
        material = leaf["materials"][(kind + series) % len(leaf["materials"])]
        material_zh, material_en, *care = self._goods["material"][material]
        handle = f"{code}-{_slug(kind_en)}"
        title = Text({"zh": f"{series_zh}{kind_zh}", "en": f"{series_en} {kind_en}"})
        colours = [
            leaf["colours"][(place + series) % len(leaf["colours"])]
            for place in range(2 + (kind + series) % 2)
        ]
        pictures = tuple(
            (
                f"demo/{handle}-{colour}.svg",
                picture(leaf["shape"], motif, self._goods["colour"][colour][2], kind),
            )
            for colour in colours
        )
        draft = ProductDraft(
            handle=handle,
            title=title,
            category=leaf["slug"],
            description=_description(words, story, care),
            brand=leaf["brand"],
            tags=(series_zh, series_en, material_zh, material_en),
            options=self._options(leaf, colours),
            variants=tuple(self._variants(leaf, handle, price + 1000 * series, colours, grams)),
            attributes=(
                _choice("material", MATERIAL, material, material_zh, material_en),
                _choice("series", SERIES, code, series_zh, series_en),
                *self._colour_attributes(colours),
            ),
            pictures=tuple(
                Picture(path=path, alt=title, position=place)
                for place, (path, _) in enumerate(pictures)
            ),
            state=ProductState.PUBLISHED,
        )
        return DemoProduct(
            draft=draft, pictures=pictures, leaf=leaf["slug"], kind=kind, series=series
        )

    def brands(self) -> Iterator[tuple[str, Text]]:
        for brand in self._goods["brand"]:
            yield brand["slug"], _text(brand["name"])

    def _colour_attributes(self, colours: list[str]) -> Iterator[Attribute]:
        for colour in colours:
            yield _choice("colour", COLOUR, colour, *self._goods["colour"][colour][:2])

    def _options(self, leaf: dict[str, Any], colours: list[str]) -> tuple[OptionType, ...]:
        colour_values = tuple(
            OptionValue(code, _text(self._goods["colour"][code][:2])) for code in colours
        )
        if len(leaf["sizes"]) == 1:
            return (OptionType("colour", COLOUR, colour_values),)
        size_values = tuple(OptionValue(code, _size(name)) for code, name, _ in leaf["sizes"])
        return (
            OptionType("colour", COLOUR, colour_values),
            OptionType("size", SIZE, size_values),
        )

    def _variants(
        self, leaf: dict[str, Any], handle: str, price: int, colours: list[str], grams: int
    ) -> Iterator[VariantDraft]:
        reduced = self._random.random() < 0.2  # noqa: PLR2004
        for colour in colours:
            for place, (size, _, surcharge) in enumerate(leaf["sizes"]):
                chosen = {"colour": colour}
                if len(leaf["sizes"]) > 1:
                    chosen["size"] = size
                full = price + surcharge
                yield VariantDraft(
                    sku=Sku(f"{handle}-{colour}-{size}".upper()),
                    price=Money(full, self._currency),
                    options=chosen,
                    compare_at=Money(full * 12 // 1000 * 100, self._currency)
                    if leaf["slug"] in SUGGESTED
                    else None,
                    suggested_by=EVIDENCE if leaf["slug"] in SUGGESTED else "",
                    sale=Sale(price=Money(full * 8 // 1000 * 100, self._currency))
                    if reduced
                    else None,
                    weight_grams=grams + grams * place // 2,
                    size_mm=(120 + grams // 10, 110, 90 + 20 * place),
                    picture=f"demo/{handle}-{colour}.svg",
                    on_hand=self._random.choice((0, 3, 18, 40, 64, 120, 200, 320)),
                )


def _category(document: dict[str, Any], parent: str | None, position: int) -> DemoCategory:
    return DemoCategory(
        slug=document["slug"], name=_text(document["name"]), parent=parent, position=position
    )


def _description(words: list[str], story: list[str], care: list[str]) -> Text:
    return Text(
        {
            "zh": f"<p>{words[0]}</p><p>{story[0]}</p><h3>材质与养护</h3><p>{care[0]}</p>",
            "en": f"<p>{words[1]}</p><p>{story[1]}</p><h3>Material and care</h3><p>{care[1]}</p>",
        }
    )


def _choice(code: str, name: Text, value: str, zh: str, en: str) -> Attribute:
    return Attribute(
        code=code,
        name=name,
        value=value,
        label=Text({"zh": zh, "en": en}),
        kind=AttributeKind.CHOICE,
    )


def _text(names: list[str]) -> Text:
    return Text({"zh": names[0], "en": names[1]})


def _size(name: str) -> Text:
    zh, slash, en = name.partition(" / ")
    return Text({"zh": zh, "en": en if slash else zh})


def _slug(name: str) -> str:
    plain = name.lower().replace("'", "")
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())
