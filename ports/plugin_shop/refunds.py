"""Refunds that a plugin requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from core.domain.identifiers import LineKey, OrderId
from core.domain.money import Money
from core.domain.payments.refund import RefundState


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRefundInput:
    """What to refund: units of lines, the shipping price, or an amount.

    ``amount`` None means the price of the units, and of the shipping with ``shipping``. With units
    or shipping, ``amount`` is a lower price for them; alone, it touches no units.
    """

    quantities: Mapping[LineKey, int] = field(default_factory=dict)
    shipping: bool = False
    amount: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRefund:
    """A refund of an order. ``reference`` names it at the gateway and in the back office."""

    reference: str
    order_id: OrderId
    amount: Money
    state: RefundState
    requested_at: datetime


class ShopRefunds(Protocol):
    """Requests refunds. Needs the capability ``refunds``."""

    async def request(
        self, order_id: OrderId, details: ShopRefundInput, idempotency_key: str
    ) -> ShopRefund | None:
        """Store a refund, which the shop sends to the gateway next.

        None if the units were free. Idempotent as the methods of `ShopOrderActions`: a second call
        returns the same refund in its current state.

        Raises:
            IllegalTransition: the payment is authorized only, or the order is not paid.
            Invalid: a quantity is not in the order, or an amount is wrong.
            KeyReused: the key belongs to a call with other arguments.
            NotFound: there is no such order, or nothing is paid.
            RefundTooLarge: less is left of what was paid, or a unit is refunded already.
        """

    async def of_order(self, order_id: OrderId) -> tuple[ShopRefund, ...]:
        """All refunds of an order, oldest first."""
