"""The demo shop's products, out of ``goods.toml``: kinds × series, in colours and sizes."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from core.application.catalogue.drafts import ProductDraft, VariantDraft
from core.domain.catalogue.attribute import Attribute, AttributeKind
from core.domain.catalogue.product import Picture, ProductState
from core.domain.catalogue.variant import OptionType, OptionValue
from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.text import Text
from entrepot.demo.pictures import picture

GOODS = Path(__file__).with_name("goods.toml")
COLOUR = Text({"zh": "颜色", "en": "Colour"})
SIZE = Text({"zh": "规格", "en": "Size"})
MATERIAL = Text({"zh": "材质", "en": "Material"})
SERIES = Text({"zh": "系列", "en": "Series"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCategory:
    slug: str
    name: Text
    parent: str | None
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProduct:
    """A draft with the pictures that it needs, and where it stands for the orders' sake."""

    draft: ProductDraft
    pictures: tuple[tuple[str, bytes], ...]
    leaf: str
    kind: int
    series: int


class DemoGoods:
    """The same for the same ``seed``."""

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
        code, series_zh, series_en, motif, story_zh, story_en = self.series[series]
        kind_zh, kind_en, price, grams, words_zh, words_en = leaf["kinds"][kind]
        material = leaf["materials"][(kind + series) % len(leaf["materials"])]
        material_zh, material_en, care_zh, care_en = self._goods["material"][material]
        handle = f"{code}-{_slug(kind_en)}"
        title = Text({"zh": f"{series_zh}{kind_zh}", "en": f"{series_en} {kind_en}"})
        colours = [
            leaf["colours"][(place + series) % len(leaf["colours"])]
            for place in range(2 + (kind + series) % 2)
        ]
        drawn = tuple(
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
            description=Text(
                {
                    "zh": f"<p>{words_zh}</p><p>{story_zh}</p><h3>材质与养护</h3><p>{care_zh}</p>",
                    "en": f"<p>{words_en}</p><p>{story_en}</p>"
                    f"<h3>Material and care</h3><p>{care_en}</p>",
                }
            ),
            brand=leaf["brand"],
            tags=(series_zh, series_en, material_zh, material_en),
            options=self._options(leaf, colours),
            variants=tuple(self._variants(leaf, handle, price + 1000 * series, (colours, grams))),
            attributes=(
                _choice("material", MATERIAL, material, material_zh, material_en),
                _choice("series", SERIES, code, series_zh, series_en),
                *(
                    _choice("colour", COLOUR, colour, *self._goods["colour"][colour][:2])
                    for colour in colours
                ),
            ),
            pictures=tuple(
                Picture(path=path, alt=title, position=place)
                for place, (path, _) in enumerate(drawn)
            ),
            state=ProductState.PUBLISHED,
        )
        return DemoProduct(draft=draft, pictures=drawn, leaf=leaf["slug"], kind=kind, series=series)

    def brands(self) -> Iterator[tuple[str, Text]]:
        for brand in self._goods["brand"]:
            yield brand["slug"], _text(brand["name"])

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
        self, leaf: dict[str, Any], handle: str, price: int, made: tuple[list[str], int]
    ) -> Iterator[VariantDraft]:
        colours, grams = made
        reduced = self._random.random() < 0.2  # noqa: PLR2004
        for colour in colours:
            for place, (size, _, more) in enumerate(leaf["sizes"]):
                chosen = {"colour": colour}
                if len(leaf["sizes"]) > 1:
                    chosen["size"] = size
                full = price + more
                yield VariantDraft(
                    sku=Sku(f"{handle}-{colour}-{size}".upper()),
                    price=Money(full * 8 // 1000 * 100 if reduced else full, self._currency),
                    options=chosen,
                    compare_at=Money(full, self._currency) if reduced else None,
                    weight_grams=grams + grams * place // 2,
                    size_mm=(120 + grams // 10, 110, 90 + 20 * place),
                    picture=f"demo/{handle}-{colour}.svg",
                    on_hand=self._random.choice((0, 3, 18, 40, 64, 120, 200, 320)),
                )


def _category(document: dict[str, Any], parent: str | None, position: int) -> DemoCategory:
    return DemoCategory(
        slug=document["slug"], name=_text(document["name"]), parent=parent, position=position
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
