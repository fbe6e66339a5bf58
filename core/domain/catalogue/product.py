"""A product as it is described, and its variants as they are sold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.errors import IllegalTransition, Invalid
from core.domain.events import Event, ProductChanged
from core.domain.identifiers import (
    BrandId,
    CategoryId,
    ProductId,
    Sku,
    VariantId,
    check_sku,
    check_slug,
)
from core.domain.money import Money
from core.domain.text import Text, require

TITLE_LENGTH = 200
DESCRIPTION_LENGTH = 50_000
MOST_OPTIONS = 3
MOST_VARIANTS = 250
LARGEST_MEASURE = 10**9


class ProductState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


# Every move a product can make. A move that is not here raises.
MOVES: dict[tuple[ProductState, str], ProductState] = {
    (ProductState.DRAFT, "publish"): ProductState.PUBLISHED,
    (ProductState.DRAFT, "archive"): ProductState.ARCHIVED,
    (ProductState.PUBLISHED, "unpublish"): ProductState.DRAFT,
    (ProductState.PUBLISHED, "archive"): ProductState.ARCHIVED,
    (ProductState.ARCHIVED, "restore"): ProductState.DRAFT,
}


@dataclass(frozen=True, slots=True)
class OptionType:
    """A dimension to choose in, such as a colour; ``values`` in the order they are shown."""

    code: str
    name: Text
    values: tuple["OptionValue", ...]


@dataclass(frozen=True, slots=True)
class OptionValue:
    code: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """``path`` is a key of the media store, or an http(s) address elsewhere."""

    path: str
    alt: Text
    position: int = 0


class ReturnException(StrEnum):
    """Goods that cannot be sent back without a reason.

    Source: Law on the Protection of Consumer Rights and Interests, article 25, and the
    Interim Measures for the Seven-Day Unconditional Return, article 6.
    """

    CUSTOM_MADE = "custom_made"
    PERISHABLE = "perishable"
    DIGITAL = "digital"
    PRESS = "press"


class AttributeKind(StrEnum):
    CHOICE = "choice"
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A typed property to filter by. ``value`` is stable; ``label`` is what people read.

    A number's value is its decimal digits, a flag's ``true`` or ``false``.
    """

    code: str
    name: Text
    value: str
    label: Text
    kind: AttributeKind = AttributeKind.CHOICE

    def __post_init__(self) -> None:
        if self.kind is AttributeKind.FLAG and self.value not in {"true", "false"}:
            raise Invalid("attribute", "“{code}” must be true or false.", code=self.code)
        if self.kind is AttributeKind.NUMBER and not _is_number(self.value):
            raise Invalid("attribute", "“{code}” must be a number such as 1.5.", code=self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One thing that can be put in a cart.

    ``options`` maps an option type's code to a value's code. ``compare_at`` is the former
    price that is shown crossed out. Weight in grams, size in millimetres. ``extras`` are
    columns of a feed that the shop has no use for, kept to be given back.
    """

    id: VariantId
    sku: Sku
    price: Money
    options: Mapping[str, str] = field(default_factory=dict)
    compare_at: Money | None = None
    weight_grams: int = 0
    size_mm: tuple[int, int, int] = (0, 0, 0)
    barcode: str = ""
    picture: str = ""
    extras: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_sku(self.sku)
        if self.price.minor < 0:
            raise Invalid("price", "The price of “{sku}” is below zero.", sku=self.sku)
        measures = (self.weight_grams, *self.size_mm)
        if min(measures) < 0 or max(measures) > LARGEST_MEASURE:
            raise Invalid("weight", "The weight or size of “{sku}” is not valid.", sku=self.sku)
        if self.compare_at is not None and self.compare_at.currency != self.price.currency:
            raise Invalid(
                "compare_at", "Both prices of “{sku}” must use the same currency.", sku=self.sku
            )


@dataclass(slots=True, eq=False, kw_only=True)
class Product:
    """What is described and shown as one. ``description`` is sanitised HTML per language.

    ``return_exception`` says why it cannot be sent back without a reason; None: it can.

    ``extras`` are columns of a feed that the shop has no use for, kept to be given back.
    """

    id: ProductId
    handle: str
    title: Text
    description: Text
    category_id: CategoryId
    created_at: datetime
    brand_id: BrandId | None = None
    tags: tuple[str, ...] = ()
    options: tuple[OptionType, ...] = ()
    variants: tuple[Variant, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    pictures: tuple[Picture, ...] = ()
    extras: Mapping[str, str] = field(default_factory=dict)
    return_exception: ReturnException | None = None
    state: ProductState = ProductState.DRAFT
    published_at: datetime | None = None
    version: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._check()

    def describe(
        self,
        *,
        title: Text,
        description: Text,
        category_id: CategoryId,
        brand_id: BrandId | None,
        tags: tuple[str, ...],
    ) -> None:
        self.title = title
        self.description = description
        self.category_id = category_id
        self.brand_id = brand_id
        self.tags = tags

    def offer(self, options: tuple[OptionType, ...], variants: tuple[Variant, ...]) -> None:
        """Replace what can be bought; a SKU that stays keeps its stock."""
        self.options = options
        self.variants = variants

    def classify(self, attributes: tuple[Attribute, ...]) -> None:
        self.attributes = attributes

    def illustrate(self, pictures: tuple[Picture, ...]) -> None:
        self.pictures = pictures

    def changed(self, now: datetime) -> None:
        """Close a round of edits: check the whole and tell the world."""
        self._check()
        self.events.append(ProductChanged(product_id=self.id, at=now))

    def move(self, move: str, now: datetime) -> None:
        """``publish``, ``unpublish``, ``archive`` or ``restore``."""
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("product", self.state, move) from None
        if self.state is ProductState.PUBLISHED and self.published_at is None:
            self.published_at = now
        self.changed(now)

    def _check(self) -> None:
        check_slug("handle", self.handle)
        require("title", self.title, most=TITLE_LENGTH)
        if any(len(words) > DESCRIPTION_LENGTH for words in self.description.by_language.values()):
            raise Invalid(
                "description",
                "The description is longer than {most} characters.",
                most=DESCRIPTION_LENGTH,
            )
        if len(self.options) > MOST_OPTIONS or len(self.variants) > MOST_VARIANTS:
            raise Invalid(
                "options",
                "A product has at most {options} options and {variants} variants.",
                options=MOST_OPTIONS,
                variants=MOST_VARIANTS,
            )
        self._check_variants()
        if self.state is ProductState.PUBLISHED and not self.variants:
            raise Invalid("variants", "Add a variant before you publish the product.")

    def _check_variants(self) -> None:
        choices = {option.code: {value.code for value in option.values} for option in self.options}
        seen: set[tuple[str, ...]] = set()
        skus: set[str] = set()
        for variant in self.variants:
            combination = tuple(variant.options.get(code, "") for code in choices)
            known = all(
                value in choices[code] for code, value in zip(choices, combination, strict=True)
            )
            if not known or set(variant.options) != set(choices):
                raise Invalid(
                    "variants", "“{sku}” needs one value for each option.", sku=variant.sku
                )
            if combination in seen or variant.sku in skus:
                raise Invalid(
                    "variants",
                    "“{sku}” has the same options or SKU as another variant.",
                    sku=variant.sku,
                )
            seen.add(combination)
            skus.add(variant.sku)


def _is_number(value: str) -> bool:
    whole, _, fraction = value.removeprefix("-").partition(".")
    return (whole + fraction).isascii() and (whole + fraction).isdigit() and whole != ""
