"""Refunds of goods: what the units of an order were paid with, in whatever parts they return."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.domain.errors import NotFound
from core.domain.pricing.paid_units import PaidUnits


class PartialReturn(StrEnum):
    """What a return does to the discounts of the goods that stay.

    ``KEEP``: nothing; the refund is what the returned units were paid with. ``REPRICE``: the rest
    costs what it would have cost alone, so a threshold that is not reached any more counts.
    """

    KEEP = "keep"
    REPRICE = "reprice"


PriceOfRest = Callable[[Mapping[str, int]], int]
"""The price, in minor units, of quantities by line key, by the rules of the day of the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundableLine:
    """``refunded`` units of the line were refunded before. Shipping is not a line."""

    key: str
    paid: PaidUnits
    refunded: int = 0


def goods_refund(
    lines: Sequence[RefundableLine],
    quantities: Mapping[str, int],
    policy: PartialReturn,
    *,
    before: int,
    price_of_rest: PriceOfRest,
) -> int:
    """The refund of units of lines, in minor units; 0 or more.

    ``before`` is what earlier refunds of goods paid back. ``price_of_rest`` is asked under
    ``REPRICE`` alone. When all units are back, all refunds together are what was paid.

    Raises:
        Invalid: a line has fewer units left.
        NotFound: there is no line of that key.
    """
    unknown = set(quantities) - {line.key for line in lines}
    if unknown:
        raise NotFound("order line", min(unknown))
    kept = sum(
        line.paid.amount(skip=line.refunded, count=quantities.get(line.key, 0)) for line in lines
    )
    if policy is PartialReturn.KEEP:
        return kept
    rest = {
        line.key: line.paid.count - line.refunded - quantities.get(line.key, 0) for line in lines
    }
    staying = {key: units for key, units in rest.items() if units}
    paid = sum(line.paid.total for line in lines)
    return max(paid - before - (price_of_rest(staying) if staying else 0), 0)
