"""Filters: which goods a condition counts and a benefit reduces."""

from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from core.domain.pricing.calculation.worksheet import NOTHING, Mask, Property, Worksheet
from core.domain.pricing.promotions.amounts import NO_AMOUNT, Amounts
from core.domain.pricing.promotions.arguments import ArgumentType, Family, argument
from core.domain.pricing.settings import PriceBase


class Filter(Protocol):
    """Chooses goods of a worksheet."""

    kind: ClassVar[str]

    def mask(self, sheet: Worksheet, /) -> Mask: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    kind: ClassVar[str] = "everything"

    def mask(self, sheet: Worksheet, /) -> Mask:
        return sheet.goods


EVERYTHING = Everything()


@dataclass(frozen=True, slots=True, kw_only=True)
class Having:
    """Goods with one of the values. A category contains the categories below it.

    A value of an attribute is written ``colour=red``.
    """

    kind: ClassVar[str] = "having"
    by: Property = field(metadata=argument("Property of goods", ArgumentType.CHOICE, Property))
    values: tuple[str, ...] = field(metadata=argument("One of the values", ArgumentType.TEXTS))

    def mask(self, sheet: Worksheet, /) -> Mask:
        return sheet.matching(self.by, self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRange:
    """Goods with a unit price from ``at_least`` to ``at_most``, both included."""

    kind: ClassVar[str] = "price_range"
    at_least: Amounts = field(
        default=NO_AMOUNT, metadata=argument("Lowest price", ArgumentType.AMOUNTS)
    )
    at_most: Amounts = field(
        default=NO_AMOUNT, metadata=argument("Highest price", ArgumentType.AMOUNTS)
    )
    price: PriceBase = field(
        default=PriceBase.SHOWN, metadata=argument("Which price", ArgumentType.CHOICE, PriceBase)
    )

    def mask(self, sheet: Worksheet, /) -> Mask:
        currency, units = sheet.request.currency, sheet.prices[self.price].units
        least, most = self.at_least.get(currency), self.at_most.get(currency)
        if (self.at_least and least is None) or (self.at_most and most is None):
            return NOTHING
        mask = NOTHING
        for row in sheet.rows(sheet.goods):
            each = units[row][0]
            if (least is None or least <= each) and (most is None or each <= most):
                mask |= 1 << row
        return mask


@dataclass(frozen=True, slots=True, kw_only=True)
class OnSale:
    """Goods that have a sale price now."""

    kind: ClassVar[str] = "on_sale"

    def mask(self, sheet: Worksheet, /) -> Mask:
        return sheet.goods & sheet.on_sale


@dataclass(frozen=True, slots=True, kw_only=True)
class Discountable:
    """Goods that benefits may reduce: no gift cards, for example."""

    kind: ClassVar[str] = "discountable"

    def mask(self, sheet: Worksheet, /) -> Mask:
        return sheet.goods & sheet.discountable


@dataclass(frozen=True, slots=True, kw_only=True)
class AllFilters:
    kind: ClassVar[str] = "all"
    of: tuple[Filter, ...] = field(metadata=argument("All of", ArgumentType.NODES, Family.FILTER))

    def mask(self, sheet: Worksheet, /) -> Mask:
        mask = sheet.goods
        for each in self.of:
            mask &= each.mask(sheet)
        return mask


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyFilter:
    kind: ClassVar[str] = "any"
    of: tuple[Filter, ...] = field(metadata=argument("One of", ArgumentType.NODES, Family.FILTER))

    def mask(self, sheet: Worksheet, /) -> Mask:
        mask = NOTHING
        for each in self.of:
            mask |= each.mask(sheet)
        return mask


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFilter:
    kind: ClassVar[str] = "not"
    of: Filter = field(metadata=argument("Not this", ArgumentType.NODE, Family.FILTER))

    def mask(self, sheet: Worksheet, /) -> Mask:
        return sheet.goods & ~self.of.mask(sheet)
