"""What a plugin does with orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from core.domain.identifiers import LineKey, OrderId, ShipmentId
from core.domain.orders.holds import Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopParcel:
    """A parcel to ship. ``quantities`` None means all units that are not shipped yet.

    ``carrier`` is the name of the carrier.
    """

    carrier: str
    tracking_number: str
    quantities: Mapping[LineKey, int] | None = None


class ShopOrderActions(Protocol):
    """Changes orders. Needs the capability ``orders.act``.

    ``idempotency_key`` has 1 to 120 characters. A key is stored with the change, for 400 days: a
    second call with the same key and arguments changes nothing and returns as the first did. The
    methods have keys of their own, so one key of a listener serves one call of each method.

    Each call is in the audit log, with the actor ``plugin:NAME``. All methods raise `KeyReused` if
    the key belongs to a call with other arguments, and `NotFound` for an unknown order.
    """

    async def place_hold(self, order_id: OrderId, hold: Hold, idempotency_key: str) -> None:
        """Let an order wait. The shop puts the name of the plugin and a dot before the code.

        Raises:
            AlreadyExists: the order has a hold with this code.
            IllegalTransition: nothing is left to block.
            Invalid: the hold ends in the past, or cancels an order with shipments.
        """

    async def lift_hold(self, order_id: OrderId, code: str, idempotency_key: str) -> None:
        """Lift a hold of the plugin. Raises `NotFound` if the order has no such hold."""

    async def cancel(self, order_id: OrderId, idempotency_key: str) -> None:
        """Cancel an order that has not shipped, release its stock and refund its payments.

        Raises:
            IllegalTransition: the order is shipped or cancelled.
            Unavailable: a gateway does not say whether a payment is paid; try again later.
        """

    async def ship(self, order_id: OrderId, parcel: ShopParcel, idempotency_key: str) -> None:
        """Record that a parcel was shipped. Authorized payments are captured before.

        Raises:
            CapturePending: the capture is not finished; nothing is shipped.
            IllegalTransition: the order is not paid.
            Invalid: more units than are left to ship, or a wrong tracking number.
            OrderHeld: a hold blocks the shipment.
            Rejected: the gateway refuses the capture; nothing is shipped.
        """

    async def deliver(
        self, order_id: OrderId, idempotency_key: str, shipment_id: ShipmentId | None = None
    ) -> None:
        """Record that a parcel has arrived; without ``shipment_id``, all that are in transport.

        Raises `IllegalTransition` if none is in transport.
        """
