"""Fulfillment: an order is sent in one shipment or in several."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.errors import Invalid
from core.domain.identifiers import LineKey, ShipmentId

MIN_NUMBER_LENGTH = 6
MAX_NUMBER_LENGTH = 32


class FulfillmentState(StrEnum):
    UNFULFILLED = "unfulfilled"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


# Every move of the fulfillment of an order. A move that is not here raises.
MOVES: dict[tuple[FulfillmentState, str], FulfillmentState] = {
    (FulfillmentState.UNFULFILLED, "ship_part"): FulfillmentState.PARTLY_SHIPPED,
    (FulfillmentState.UNFULFILLED, "ship_rest"): FulfillmentState.SHIPPED,
    (FulfillmentState.PARTLY_SHIPPED, "ship_part"): FulfillmentState.PARTLY_SHIPPED,
    (FulfillmentState.PARTLY_SHIPPED, "ship_rest"): FulfillmentState.SHIPPED,
    (FulfillmentState.UNFULFILLED, "cancel_part"): FulfillmentState.UNFULFILLED,
    (FulfillmentState.PARTLY_SHIPPED, "cancel_part"): FulfillmentState.PARTLY_SHIPPED,
    (FulfillmentState.PARTLY_SHIPPED, "cancel_rest"): FulfillmentState.SHIPPED,
    (FulfillmentState.PARTLY_SHIPPED, "deliver_part"): FulfillmentState.PARTLY_SHIPPED,
    (FulfillmentState.SHIPPED, "deliver_part"): FulfillmentState.SHIPPED,
    (FulfillmentState.SHIPPED, "deliver_rest"): FulfillmentState.DELIVERED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """One parcel of an order. ``delivered_at`` is None until it arrives.

    ``tracking_number`` is empty after an erasure, and for readers without permission.
    """

    id: ShipmentId
    carrier: str
    tracking_number: str
    quantities: Mapping[LineKey, int]
    shipped_at: datetime
    delivered_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.quantities or min(self.quantities.values()) < 1:
            raise Invalid("quantity", "Add at least one item to the package.")


def check_tracking_number(number: str) -> None:
    """Raises `Invalid` unless it is 6 to 32 ASCII letters and digits."""
    plain = number.isascii() and number.isalnum()
    if not (plain and MIN_NUMBER_LENGTH <= len(number) <= MAX_NUMBER_LENGTH):
        raise Invalid("tracking_number", "A tracking number has 6 to 32 letters and digits.")
