"""A quote: the price of each line and of shipping, with every part of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from core.domain.claims import Claim
from core.domain.errors import NotFound
from core.domain.money import Money
from core.domain.pricing.adjustments import Adjustment, Lane, TaxAmount
from core.domain.pricing.paid_units import PaidUnits
from core.domain.pricing.reasons import Reason
from core.domain.text import Text

NO_LABEL = Text({})
TAXES_ABROAD = "taxes"
TAXES_LABEL = Text({"zh": "目的地税费差额", "en": "Taxes at the destination"})


class GrantKind(StrEnum):
    POINTS = "points"
    COUPON = "coupon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What the buyer gets when the order is complete.

    ``amount`` is a number of points or of coupons; ``batch`` is the batch of the coupons.
    """

    promotion: str
    kind: GrantKind
    amount: int
    batch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """An item that the buyer may add: ``price`` a unit, in minor units, for ``most`` units."""

    promotion: str
    sku: str
    price: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One sentence about a promotion: why it does not apply, or what its next step needs."""

    promotion: str
    label: Text
    reason: Reason


class CouponState(StrEnum):
    APPLIED = "applied"
    UNKNOWN = "unknown"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    USED_UP = "used_up"
    USED_BY_YOU = "used_by_you"
    NOT_FOR_THESE_GOODS = "not_for_these_goods"
    CONDITIONS_MISSING = "conditions_missing"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponAnswer:
    """``code`` is as the buyer typed it; ``reason`` is None if the coupon was applied."""

    code: str
    state: CouponState
    promotion: str = ""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    """Amounts are minor units; the prices are those of one unit.

    ``unit_price`` is what price lists and offers made of the list price; ``price_source`` names
    the one that won, empty for the list price. ``price_label`` is the reason of a plugin's offer,
    which is one of the `changes`. ``added_by`` is the promotion that added the line.
    ``tax_change`` is what the price gains or loses abroad, where it contains other taxes.
    ``paid_units`` includes the taxes that the price does not contain: they sum to the unit
    prices, the adjustments, ``tax_change`` and those taxes.
    """

    key: str
    sku: str
    quantity: int
    list_price: int
    unit_price: int
    price_source: str = ""
    price_label: Text = NO_LABEL
    added_by: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    tax_change: int = 0
    taxes: tuple[TaxAmount, ...] = ()
    paid_units: PaidUnits

    @property
    def has_lost_offer(self) -> bool:
        """True if the buyer added the line at the price of a promotion that takes nothing off."""
        sources = {each.source for each in self.adjustments}
        return bool(self.added_by) and self.added_by not in sources

    @property
    def base_price(self) -> int:
        """The unit price before the `changes`."""
        return self.list_price if self.price_label else self.unit_price

    @property
    def offered(self) -> int:
        """What the offer of a plugin takes off; below zero if its price is higher."""
        return (self.base_price - self.unit_price) * self.quantity

    @property
    def discount(self) -> int:
        """What the adjustments take off, as a number above zero."""
        return -sum(each.amount.minor for each in self.adjustments)

    @property
    def total(self) -> int:
        return self.paid_units.total

    def changes(self, currency: str) -> tuple[Adjustment, ...]:
        """What makes of `base_price` the line total without added taxes.

        The offer of a plugin, the adjustments, and `tax_change`.
        """
        changes = self.adjustments
        if self.offered:
            offer = Adjustment(
                source=self.price_source,
                lane=Lane.CATALOGUE,
                label=self.price_label,
                amount=Money(-self.offered, currency),
            )
            changes = (offer, *changes)
        if self.tax_change:
            amount = Money(self.tax_change, currency)
            taxes = Adjustment(
                source=TAXES_ABROAD, lane=Lane.TAXES, label=TAXES_LABEL, amount=amount
            )
            changes = (*changes, taxes)
        return changes


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedShipping:
    """``price`` is the price of the rate, ``total`` what the buyer pays, in minor units."""

    method: str
    price: int
    adjustments: tuple[Adjustment, ...] = ()
    taxes: tuple[TaxAmount, ...] = ()
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """``not_applied`` and ``next_steps`` have a sentence for each promotion that is named there.

    The order must hold all ``claims``, or its price does not count. ``points`` is how many points
    are spent. The buyer may choose ``additions``. ``tax_engine`` is the code of the tax engine
    that calculated the taxes, empty for the own rates.
    """

    currency: str
    lines: tuple[QuotedLine, ...]
    shipping: QuotedShipping | None = None
    not_applied: tuple[Notice, ...] = ()
    next_steps: tuple[Notice, ...] = ()
    coupons: tuple[CouponAnswer, ...] = ()
    claims: tuple[Claim, ...] = ()
    grants: tuple[Grant, ...] = ()
    additions: tuple[Addition, ...] = ()
    points: int = 0
    tax_engine: str = ""

    @property
    def parts(self) -> Mapping[str, int]:
        """What each promotion takes off, in minor units, by its code; also one with a grant.

        The offers of a plugin are one part, by their source.
        """
        parts = Counter({grant.promotion: 0 for grant in self.grants})
        shipping = self.shipping.adjustments if self.shipping else ()
        for each in chain(shipping, *(line.adjustments for line in self.lines)):
            parts[each.source] -= each.amount.minor
        for line in self.lines:
            if line.offered:
                parts[line.price_source] += line.offered
        return parts

    @property
    def goods_total(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def total(self) -> int:
        """What the buyer pays, before stored value, gift cards and other tenders."""
        return self.goods_total + (self.shipping.total if self.shipping else 0)

    def line(self, key: str) -> QuotedLine:
        """Raises `NotFound` if the quote has no such line."""
        for line in self.lines:
            if line.key == key:
                return line
        raise NotFound("cart line", key)
