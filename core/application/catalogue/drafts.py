"""Drafts: the input of product admin, from staff or from a feed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from core.domain.catalogue.attribute import Attribute
from core.domain.catalogue.product import Picture, ProductState, ReturnException
from core.domain.catalogue.variant import OptionType, Sale
from core.domain.fields.declared import FieldChanges
from core.domain.identifiers import (
    Sku,
)
from core.domain.money import Money
from core.domain.stock import StockLevel
from core.domain.text import Text


class Saved(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class SavedProduct:
    """``short`` are the counted levels with units that are missing for open orders."""

    result: Saved
    short: tuple[StockLevel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantDraft:
    """The input for one variant. A field that is None is not changed; an empty sale is removed.

    ``suggested_by`` is the evidence that ``compare_at`` is the suggested retail price; empty if it
    is not. If it is None, another ``compare_at`` than before has no evidence. ``fields`` are
    changes of fields of plugins.
    """

    sku: Sku
    price: Money
    options: Mapping[str, str] = field(default_factory=dict)
    compare_at: Money | None = None
    suggested_by: str | None = None
    sale: Sale | Literal[""] | None = None
    supplier_sku: str | None = None
    weight_grams: int = 0
    size_mm: tuple[int, int, int] | None = None
    barcode: str = ""
    picture: str | None = None
    extras: Mapping[str, str] | None = None
    fields: FieldChanges | None = None
    on_hand: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """The input for one product, identified by ``handle``. A field that is None is not changed.

    ``category`` and ``brand`` are slugs; a missing brand is created. An empty
    ``return_exception`` removes it. ``tax_class`` is one that the tax rates name. With
    ``is_new``, an existing handle is an error. ``keep`` are variants that stay although the draft
    does not contain them. With ``every_language``, a text without a language removes that
    language; otherwise it stays. ``fields`` are changes of fields of plugins.
    """

    handle: str
    title: Text
    category: str | None
    variants: tuple[VariantDraft, ...]
    description: Text | None = None
    brand: str | None = None
    tags: tuple[str, ...] | None = None
    tag_languages: Mapping[str, str] | None = None
    options: tuple[OptionType, ...] = ()
    attributes: tuple[Attribute, ...] | None = None
    pictures: tuple[Picture, ...] | None = None
    extras: Mapping[str, Text] | None = None
    fields: FieldChanges | None = None
    return_exception: ReturnException | Literal[""] | None = None
    tax_class: str | None = None
    keep: frozenset[Sku] = frozenset()
    state: ProductState | None = None
    version: int | None = None
    every_language: bool = False
    is_new: bool = False
