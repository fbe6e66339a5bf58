"""What a refund of units pays: what they were paid with, or less because of what stays."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.identifiers import LineKey
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.payments.refund import RefundReason
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.arithmetic.rounding import Rounding
from core.domain.pricing.engine_taxes import added
from core.domain.pricing.refunds.amounts import PartialReturn, RefundableLine, goods_refund
from core.domain.returns import OPEN, Return

HALF_UP = Rounding()
Units = Mapping[LineKey, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPrice:
    """``amount`` is what the refund pays for units, ``paid`` what the buyer paid for them.

    ``rest`` is what the goods that stay cost alone; None if they are not priced again.
    """

    amount: Money
    paid: Money
    rest: Money | None = None

    @property
    def taken_back(self) -> Money:
        """The part of the discounts of the goods that stay."""
        return self.paid - self.amount


def price_of(order: Order, quantities: Units, refunded: Units) -> Money:
    """What units were paid with: the next ones after those that are ``refunded`` before."""
    amounts = (
        order.line(key).refundable_units.amount(skip=refunded.get(key, 0), count=units)
        for key, units in quantities.items()
    )
    return Money(sum(amounts), order.currency)


def refund_price(
    order: Order, quantities: Units, refunded: Units, reason: RefundReason
) -> RefundPrice:
    """``refunded`` are all units of the order that were refunded before.

    The rest is priced again if the buyer returns goods of an order that has kept the rules of its
    day, and the address for its taxes. The part of points in a price stays with its units.
    """
    paid = price_of(order, quantities, refunded)
    if reason is not RefundReason.RETURNED or not reprices(order):
        return RefundPrice(amount=paid, paid=paid)
    rest: list[int] = []

    def price_of_rest(staying: Mapping[str, int]) -> int:
        rest.append(_price_of_rest(order, staying))
        return rest[0]

    amount = goods_refund(
        [
            RefundableLine(
                key=line.key, paid=line.refundable_units, refunded=refunded.get(line.key, 0)
            )
            for line in order.lines
        ],
        {str(key): units for key, units in quantities.items()},
        PartialReturn.REPRICE,
        before=order.pricing.goods_refunded,
        price_of_rest=price_of_rest,
    )
    return RefundPrice(
        amount=Money(amount, order.currency),
        paid=paid,
        rest=Money(sum(rest), order.currency),
    )


def reprices(order: Order) -> bool:
    has_points = any(each.lane is Lane.POINTS for line in order.lines for each in line.adjustments)
    return order.pricing.frozen is not None and order.address is not None and not has_points


def repriced_return(order: Order, order_return: Return) -> RefundPrice | None:
    """What an open return pays if its rest is priced again; else None.

    Units that were refunded meanwhile have no price.
    """
    if order_return.state not in OPEN or not reprices(order):
        return None
    quantities = order_return.quantities if order_return.accepted is None else order_return.accepted
    is_left = all(
        units + order.refunded.get(key, 0) <= order.line(key).quantity
        for key, units in quantities.items()
    )
    if not is_left:
        return None
    return refund_price(order, quantities, order.refunded, RefundReason.RETURNED)


def _price_of_rest(order: Order, staying: Mapping[str, int]) -> int:
    assert order.pricing.frozen is not None
    assert order.address is not None
    amounts = order.pricing.frozen.amounts_of(staying, order.address.destination)
    return sum(_with_taxes(order, key, amount) for key, amount in amounts.items())


def _with_taxes(order: Order, key: str, amount: int) -> int:
    """The frozen taxes of a tax engine are added in proportion: it is not asked again."""
    if not order.pricing.tax_engine:
        return amount
    line = order.line(LineKey(key))
    untaxed = line.total.minor - added(line.taxes)
    return HALF_UP.quotient(amount * line.total.minor, untaxed) if untaxed else amount
