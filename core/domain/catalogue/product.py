"""A product: its texts, pictures, attributes and variants, and its states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.catalogue.attribute import Attribute
from core.domain.catalogue.tax_classes import STANDARD, check_tax_class
from core.domain.catalogue.variant import OptionType, Variant
from core.domain.errors import IllegalTransition, Invalid
from core.domain.events import Event, ProductChanged
from core.domain.fields.declared import FieldValues
from core.domain.identifiers import BrandId, CategoryId, ProductId, check_slug
from core.domain.text import Text, require

MAX_TITLE_LENGTH = 255
MAX_DESCRIPTION_LENGTH = 50_000
MAX_OPTIONS = 3
MAX_VARIANTS = 250


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """``path`` is a key of the media store, or an external http(s) URL."""

    path: str
    alt: Text
    position: int = 0


class ReturnException(StrEnum):
    """The legal reasons against a return without a reason.

    Source: Law on the Protection of Consumer Rights and Interests, article 25, and the
    Interim Measures for the Seven-Day Unconditional Return, article 6.
    """

    CUSTOM_MADE = "custom_made"
    PERISHABLE = "perishable"
    DIGITAL = "digital"
    PRESS = "press"


@dataclass(slots=True, eq=False, kw_only=True)
class Product:
    """``description`` is sanitised HTML per language.

    ``return_exception`` is None if the product can be returned without a reason. ``tax_class``
    says which tax rates apply: those of the same class. ``extras``
    are feed columns that the shop does not use; they are kept for the export.
    ``tag_languages`` has the language of each tag that is written in one language only.
    ``fields`` are the values of the fields of plugins, by their names.
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
    tag_languages: Mapping[str, str] = field(default_factory=dict)
    extras: Mapping[str, Text] = field(default_factory=dict)
    fields: FieldValues = field(default_factory=dict)
    return_exception: ReturnException | None = None
    tax_class: str = STANDARD
    state: ProductState = ProductState.DRAFT
    published_at: datetime | None = None
    version: int = 0
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._validate()

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

    def set_tag_languages(self, languages: Mapping[str, str]) -> None:
        self.tag_languages = {tag: languages[tag] for tag in self.tags if tag in languages}

    def set_variants(self, options: tuple[OptionType, ...], variants: tuple[Variant, ...]) -> None:
        """Replace all options and variants. Stock belongs to the SKU and does not change."""
        self.options = options
        self.variants = variants

    def set_attributes(self, attributes: tuple[Attribute, ...]) -> None:
        self.attributes = attributes

    def set_pictures(self, pictures: tuple[Picture, ...]) -> None:
        self.pictures = pictures

    def record_change(self, now: datetime) -> None:
        """Validate the product after edits, and add the event. Raises `Invalid`."""
        self._validate()
        self.events.append(ProductChanged(product_id=self.id, at=now))

    def move(self, move: str, now: datetime) -> None:
        """``move`` is ``publish``, ``unpublish``, ``archive`` or ``restore``."""
        try:
            self.state = MOVES[self.state, move]
        except KeyError:
            raise IllegalTransition("product", self.state, move) from None
        if self.state is ProductState.PUBLISHED and self.published_at is None:
            self.published_at = now
        self.record_change(now)

    def _validate(self) -> None:
        check_slug("handle", self.handle)
        check_tax_class(self.tax_class)
        require("title", self.title, most=MAX_TITLE_LENGTH)
        if any(
            len(text) > MAX_DESCRIPTION_LENGTH for text in self.description.by_language.values()
        ):
            raise Invalid(
                "description",
                "The description is longer than {most} characters.",
                most=MAX_DESCRIPTION_LENGTH,
            )
        if len(self.options) > MAX_OPTIONS or len(self.variants) > MAX_VARIANTS:
            raise Invalid(
                "options",
                "A product has at most {options} options and {variants} variants.",
                options=MAX_OPTIONS,
                variants=MAX_VARIANTS,
            )
        self._validate_variants()
        if self.state is ProductState.PUBLISHED and not self.variants:
            raise Invalid("variants", "Add a variant before you publish the product.")

    def _validate_variants(self) -> None:
        choices = {option.code: {value.code for value in option.values} for option in self.options}
        seen: set[tuple[str, ...]] = set()
        skus: set[str] = set()
        for variant in self.variants:
            combination = tuple(variant.options.get(code, "") for code in choices)
            is_complete = all(
                value in choices[code] for code, value in zip(choices, combination, strict=True)
            )
            if not is_complete or set(variant.options) != set(choices):
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
