"""The taxed parts of an order, for the records of a tax engine: what was sold, what came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain.catalogue.tax_classes import SHIPPING_CLASS
from core.domain.identifiers import LineKey
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.pricing.adjustments import TaxAmount
from core.domain.pricing.arithmetic.rounding import Rounding
from core.domain.pricing.arithmetic.splitting import split
from core.domain.pricing.engine_taxes import SHIPPING, added

HALF_UP = Rounding()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxedPart:
    """A line or the shipping. ``taxable`` is what taxes were calculated on, ``paid`` is with them.

    Both are in minor units, and below zero for what comes back.
    """

    key: str
    tax_class: str
    quantity: int
    taxable: int
    paid: int

    def returned(self, amount: int, quantity: int) -> "TaxedPart":
        """The part of ``amount`` that is paid back."""
        taxable = HALF_UP.quotient(amount * self.taxable, self.paid) if self.paid else 0
        return TaxedPart(
            key=self.key,
            tax_class=self.tax_class,
            quantity=quantity,
            taxable=-taxable,
            paid=-amount,
        )


def sold_parts(order: Order) -> tuple[TaxedPart, ...]:
    lines = [
        _part(line.key, line.tax_class, line.quantity, line.total, line.taxes)
        for line in order.lines
    ]
    shipping = order.shipping
    return (*lines, _part(SHIPPING, SHIPPING_CLASS, 1, shipping.paid, shipping.taxes))


def refunded_parts(
    order: Order, quantities: Mapping[LineKey, int], amount: Money
) -> tuple[TaxedPart, ...]:
    """``amount`` is split among the units in proportion to what they were paid with.

    What is more than the units were paid with is of the shipping. A refund without units is of
    the whole order.
    """
    sold = sold_parts(order)
    if not quantities:
        return _shares(sold, [part.paid for part in sold], amount.minor)
    units = [quantities.get(LineKey(part.key), 0) for part in sold]
    weights = [
        HALF_UP.quotient(part.paid * count, part.quantity)
        for part, count in zip(sold, units, strict=True)
    ]
    shipping = min(max(amount.minor - sum(weights), 0), sold[-1].paid)
    goods = _shares(sold, weights, amount.minor - shipping, units)
    return (*goods, sold[-1].returned(shipping, 1)) if shipping else goods


def prices_include_tax(order: Order, *, usually: bool) -> bool:
    """As the taxes of the order say; ``usually`` if it has none."""
    taxes = [tax for line in order.lines for tax in line.taxes] + list(order.shipping.taxes)
    return any(tax.included for tax in taxes) if taxes else usually


def _shares(
    sold: Sequence[TaxedPart],
    weights: Sequence[int],
    amount: int,
    units: Sequence[int] | None = None,
) -> tuple[TaxedPart, ...]:
    counts = units or [part.quantity for part in sold]
    return tuple(
        part.returned(share, count)
        for part, share, count in zip(sold, split(amount, weights), counts, strict=True)
        if share
    )


def _part(
    key: str, tax_class: str, quantity: int, paid: Money, taxes: Sequence[TaxAmount]
) -> TaxedPart:
    return TaxedPart(
        key=key,
        tax_class=tax_class,
        quantity=quantity,
        taxable=paid.minor - added(taxes),
        paid=paid.minor,
    )
