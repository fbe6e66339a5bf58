"""What an order keeps of how it was priced."""

from dataclasses import dataclass, replace

from core.domain.money import Money
from core.domain.pricing.refunds.frozen import FrozenPrices


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPricing:
    """``tax_engine`` is the code of the tax engine that calculated the taxes; empty: own rates.

    ``frozen`` are the rules of the day, if a partial return prices the rest again; else None.
    ``goods_refunded`` is what refunds of its goods paid back, in minor units; it is counted only
    with ``frozen``. ``points`` of the member paid a part of the order.
    """

    tax_engine: str = ""
    frozen: FrozenPrices | None = None
    goods_refunded: int = 0
    points: int = 0

    def with_refund(self, goods: Money) -> "OrderPricing":
        return replace(self, goods_refunded=self.goods_refunded + goods.minor)


PLAIN = OrderPricing()
