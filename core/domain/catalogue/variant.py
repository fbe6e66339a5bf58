"""Variants: what is sold, one for each combination of options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.errors import Invalid
from core.domain.fields.declared import FieldValues
from core.domain.identifiers import Sku, VariantId, check_sku
from core.domain.money import Money
from core.domain.text import Text, check_length

MAX_MEASURE = 10**9
MAX_SUPPLIER_SKU_LENGTH = 600
MAX_EVIDENCE_LENGTH = 500


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
class Sale:
    """A lower price from ``starts_at`` until before ``ends_at``; None has no limit.

    It counts only while it is below the regular price.
    """

    price: Money
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.price.minor < 0:
            raise Invalid("sale", "The sale price is below zero.")
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise Invalid("sale", "The sale ends before it starts.")

    def is_on(self, at: datetime) -> bool:
        is_started = self.starts_at is None or self.starts_at <= at
        return is_started and (self.ends_at is None or at < self.ends_at)


class CompareAtBasis(StrEnum):
    """What ``compare_at`` is. Without a basis, it is kept for feeds and never shown.

    ``SUGGESTED`` is the suggested retail price of the manufacturer. A former price is none of
    them: the shop knows its own prices.
    """

    NONE = ""
    SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One sellable choice of a product.

    ``options`` maps the code of an option type to the code of a value. ``compare_at`` is another
    price to compare with; ``compare_at_basis`` says which, and ``compare_at_evidence`` names the
    document, or the address, that proves it. ``supplier_sku`` is the supplier's code, as written,
    if it is not the SKU. ``extras`` are feed columns that the shop does not use; they are kept
    for the export. ``fields`` are the values of the fields of plugins, by their names.

    Raises:
        Invalid: a value is not valid, or ``compare_at`` has a basis without evidence.
    """

    id: VariantId
    sku: Sku
    price: Money
    options: Mapping[str, str] = field(default_factory=dict)
    compare_at: Money | None = None
    compare_at_basis: CompareAtBasis = CompareAtBasis.NONE
    compare_at_evidence: str = ""
    sale: Sale | None = None
    supplier_sku: str = ""
    weight_grams: int = 0
    size_mm: tuple[int, int, int] = (0, 0, 0)
    barcode: str = ""
    picture: str = ""
    extras: Mapping[str, str] = field(default_factory=dict)
    fields: FieldValues = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_sku(self.sku)
        if self.price.minor < 0:
            raise Invalid("price", "The price of “{sku}” is below zero.", sku=self.sku)
        if len(self.supplier_sku) > MAX_SUPPLIER_SKU_LENGTH:
            raise Invalid(
                "sku",
                "The supplier's SKU is longer than {most} characters.",
                most=MAX_SUPPLIER_SKU_LENGTH,
            )
        measures = (self.weight_grams, *self.size_mm)
        if min(measures) < 0 or max(measures) > MAX_MEASURE:
            raise Invalid("weight", "The weight or size of “{sku}” is not valid.", sku=self.sku)
        if self.compare_at_basis and not (self.compare_at and self.compare_at_evidence):
            raise Invalid(
                "compare_at",
                "The suggested retail price of “{sku}” needs an amount and its evidence.",
                sku=self.sku,
            )
        check_length("compare_at", self.compare_at_evidence, MAX_EVIDENCE_LENGTH)
        if self.compare_at is not None and self.compare_at.currency != self.price.currency:
            raise Invalid(
                "compare_at", "Both prices of “{sku}” must use the same currency.", sku=self.sku
            )
