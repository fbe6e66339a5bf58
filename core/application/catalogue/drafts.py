"""Drafts: the input of product admin, from staff or from a feed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from core.domain.catalogue.attribute import Attribute
from core.domain.catalogue.product import Picture, ProductState, ReturnException
from core.domain.catalogue.variant import OptionType
from core.domain.identifiers import (
    Sku,
)
from core.domain.money import Money
from core.domain.text import Text


class Saved(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantDraft:
    """The input for one variant. A field that is None is not changed."""

    sku: Sku
    price: Money
    options: Mapping[str, str] = field(default_factory=dict)
    compare_at: Money | None = None
    weight_grams: int = 0
    size_mm: tuple[int, int, int] | None = None
    barcode: str = ""
    picture: str | None = None
    extras: Mapping[str, str] | None = None
    on_hand: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """The input for one product, identified by ``handle``. A field that is None is not changed.

    ``category`` and ``brand`` are slugs; a missing brand is created with ``brand_name``. An
    empty ``return_exception`` removes it. With ``is_new``, an existing handle is an error.
    ``keep`` are variants that stay although the draft does not contain them.
    """

    handle: str
    title: Text
    category: str | None
    variants: tuple[VariantDraft, ...]
    description: Text | None = None
    brand: str | None = None
    brand_name: str = ""
    tags: tuple[str, ...] | None = None
    options: tuple[OptionType, ...] = ()
    attributes: tuple[Attribute, ...] | None = None
    pictures: tuple[Picture, ...] | None = None
    extras: Mapping[str, str] | None = None
    return_exception: ReturnException | Literal[""] | None = None
    keep: frozenset[Sku] = frozenset()
    state: ProductState | None = None
    version: int | None = None
    is_new: bool = False
