"""Variants: what is sold, one for each combination of options."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.domain.errors import Invalid
from core.domain.identifiers import Sku, VariantId, check_sku
from core.domain.money import Money
from core.domain.text import Text

MAX_MEASURE = 10**9


@dataclass(frozen=True, slots=True)
class OptionType:
    """A dimension of choice, such as colour. ``values`` are in display order."""

    code: str
    name: Text
    values: tuple["OptionValue", ...]


@dataclass(frozen=True, slots=True)
class OptionValue:
    code: str
    name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One sellable choice of a product.

    ``options`` maps the code of an option type to the code of a value. ``compare_at`` is the
    earlier price, shown crossed out. ``extras`` are feed columns that the shop does not use;
    they are kept for the export.
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
        if min(measures) < 0 or max(measures) > MAX_MEASURE:
            raise Invalid("weight", "The weight or size of “{sku}” is not valid.", sku=self.sku)
        if self.compare_at is not None and self.compare_at.currency != self.price.currency:
            raise Invalid(
                "compare_at", "Both prices of “{sku}” must use the same currency.", sku=self.sku
            )
