"""The working state of one calculation: prices by row, and sets of rows as bit masks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import sub
from typing import NamedTuple

from core.domain.pricing.adjustments import Adjustment, Lane
from core.domain.pricing.arithmetic.splitting import split, split_within
from core.domain.pricing.calculation.unit_prices import UnitPrice
from core.domain.pricing.request import PriceRequest, RequestLine, RequestShipping
from core.domain.pricing.settings import PriceBase, PricingSettings
from core.domain.pricing.taxes.discounts import AS_PRICES, DiscountFactors

Mask = int
"""A set of rows: bit *n* stands for row *n*. Sets of 100 rows are one integer operation."""

NOTHING: Mask = 0


class Property(StrEnum):
    """A property of goods that a filter looks up. A category has the goods below it, too."""

    SKU = "sku"
    PRODUCT = "product"
    CATEGORY = "category"
    BRAND = "brand"
    TAG = "tag"
    ATTRIBUTE = "attribute"
    SELLER = "seller"


class Part(NamedTuple):
    """What a promotion takes off a row; ``units`` has the part of each unit if they differ."""

    amount: int
    units: tuple[int, ...] | None = None

    def limited(self, most: int) -> "Part":
        """The part, cut to ``most``."""
        if self.amount <= most:
            return self
        return Part(most, split_within(most, self.units, self.units) if self.units else None)


@dataclass(slots=True)
class Prices:
    """Amounts in minor units, by row: of all units, and of each unit."""

    totals: list[int]
    units: list[tuple[int, ...]]

    def copy(self) -> "Prices":
        return Prices(self.totals.copy(), self.units.copy())


class Worksheet:
    """Rows are the lines in the order of their keys, then shipping, then lines that are added.

    The order of the lines in the request therefore does not matter. ``goods`` are the rows that
    take part in promotions: no shipping, and no line that a promotion added. ``used`` has the
    numbers of the units, by row, that sets of the present lane use. ``capacities`` is how much
    can be taken off each row before it reaches its lowest price. ``coupon_batches`` are those
    of the buyer's valid coupons.
    """

    def __init__(
        self,
        request: PriceRequest,
        settings: PricingSettings,
        unit_prices: Sequence[UnitPrice],
        coupon_batches: frozenset[str],
        discount_factors: DiscountFactors = AS_PRICES,
    ) -> None:
        self.request = request
        self.settings = settings
        self.unit_prices: list[UnitPrice] = []
        self.quantities: list[int] = []
        self.adjustments: list[list[Adjustment]] = []
        self.capacities: list[int] = []
        self._least: list[int] = []
        self.now = Prices([], [])
        self.prices = {PriceBase.LIST: Prices([], []), PriceBase.NOW: self.now}
        for each in unit_prices:
            self.add(each)
        lines = [each.line for each in unit_prices]
        self.goods = _where(not line.added_by for line in lines)
        self.on_sale = _where(line.is_on_sale for line in lines)
        kept = settings.undiscounted_tags
        self.discountable = _where(
            line.is_discountable and kept.isdisjoint(line.tags) for line in lines
        )
        self.coupon_batches = coupon_batches
        self.discount_factors = discount_factors
        self.lane = Lane.CATALOGUE
        self.used: dict[int, frozenset[int]] = {}
        self._indexes: dict[Property, dict[str, Mask]] = {}
        self._rows: dict[Mask, tuple[int, ...]] = {}
        self._closing = [row for row, each in enumerate(unit_prices) if each.closes]
        self.shipping = NOTHING
        if request.shipping:
            row = self.add(_shipping(request.shipping))
            self.shipping = 1 << row
            self._least[row] = 0
            self.discountable |= self.shipping
        self.keep(PriceBase.SHOWN)
        self.keep(PriceBase.LANE)

    def begin(self, lane: Lane) -> None:
        """The prices of this moment are those before the lane."""
        if Lane.CATALOGUE in {lane, self.lane}:
            self._set_capacities(self.settings.least_unit if lane is Lane.CATALOGUE else 0)
        self.lane = lane
        self.keep(PriceBase.LANE)
        self.used = {}

    def _set_capacities(self, least_unit: int) -> None:
        self.capacities = [
            max(total - max(least, least_unit * quantity), 0)
            for total, least, quantity in zip(
                self.now.totals, self._least, self.quantities, strict=True
            )
        ]

    def use(self, units: Mapping[int, frozenset[int]]) -> None:
        for row, numbers in units.items():
            self.used[row] = self.used.get(row, frozenset()) | numbers

    def keep(self, base: PriceBase) -> None:
        """Remember the prices of this moment."""
        self.prices[base] = self.now.copy()

    def show(self) -> None:
        """The prices of this moment are those in lists; what is reduced there is on sale."""
        self.keep(PriceBase.SHOWN)
        self.on_sale |= _where(map(bool, self.adjustments)) & self.goods

    def add(self, unit_price: UnitPrice) -> int:
        """Add a row, which is in no set. Returns its number."""
        line = unit_price.line
        self.unit_prices.append(unit_price)
        self.quantities.append(line.quantity)
        self.adjustments.append([])
        for base, prices in self.prices.items():
            each = line.list_price if base is PriceBase.LIST else unit_price.minor
            prices.totals.append(each * line.quantity)
            prices.units.append((each,) * line.quantity)
        self.capacities.append(unit_price.minor * line.quantity)
        self._least.append(max(self.settings.least_line, line.least_price * line.quantity))
        return len(self.unit_prices) - 1

    def line(self, row: int) -> RequestLine:
        return self.unit_prices[row].line

    def added_by(self, promotion: str) -> list[tuple[int, RequestLine]]:
        """The rows that the buyer chose from a promotion."""
        return [
            (row, each.line)
            for row, each in enumerate(self.unit_prices)
            if each.line.added_by == promotion
        ]

    def matching(self, name: Property, values: Iterable[str]) -> Mask:
        """The rows that have one of the values, such as ``(Property.BRAND, ["hills"])``."""
        index, mask = self._indexes.get(name) or self._indexed(name), NOTHING
        for value in values:
            mask |= index.get(value, NOTHING)
        return mask

    def _indexed(self, name: Property) -> dict[str, Mask]:
        """The goods by their values of the property."""
        index = self._indexes[name] = {}
        values_of = VALUES[name]
        for row in self.rows(self.goods):
            for value in values_of(self.unit_prices[row].line):
                index[value] = index.get(value, NOTHING) | 1 << row
        return index

    def rows(self, mask: Mask) -> tuple[int, ...]:
        """The numbers of the rows of a set, in order."""
        found = self._rows.get(mask)
        if found is None:
            found = self._rows[mask] = tuple(_bits(mask))
        return found

    def open_in(self, lane: Lane) -> Mask:
        """The goods and the shipping that no offer closed for the lane."""
        closed = NOTHING
        for row in self._closing:
            if lane in self.unit_prices[row].closes:
                closed |= 1 << row
        return (self.goods | self.shipping) & ~closed

    def payable_rows(self, lane: Lane | None = None) -> list[int]:
        """The rows of goods, with lines that promotions added, that no offer closed for a lane."""
        return [
            row
            for row, each in enumerate(self.unit_prices)
            if not self.shipping >> row & 1 and lane not in each.closes
        ]

    def take_off(self, row: int, part: Part, adjustments: Iterable[Adjustment]) -> None:
        now = self.now
        units = now.units[row]
        parts = split(part.amount, units) if part.units is None else part.units
        now.units[row] = tuple(map(sub, units, parts))
        now.totals[row] -= part.amount
        self.capacities[row] -= part.amount
        self.adjustments[row].extend(adjustments)


VALUES: Mapping[Property, Callable[[RequestLine], Iterable[str]]] = {
    Property.SKU: lambda line: (line.sku,),
    Property.PRODUCT: lambda line: (line.product,),
    Property.CATEGORY: lambda line: line.categories,
    Property.BRAND: lambda line: (line.brand,),
    Property.TAG: lambda line: line.tags,
    Property.ATTRIBUTE: lambda line: line.attributes,
    Property.SELLER: lambda line: (line.seller,),
}
"""The values that a line has of each property."""


def _where(flags: Iterable[object]) -> Mask:
    mask = NOTHING
    for row, flag in enumerate(flags):
        if flag:
            mask |= 1 << row
    return mask


def _bits(mask: Mask) -> Iterable[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _shipping(shipping: RequestShipping) -> UnitPrice:
    line = RequestLine(
        key="", sku="", quantity=1, list_price=shipping.price, tax_class=shipping.tax_class
    )
    return UnitPrice(line, shipping.price)
