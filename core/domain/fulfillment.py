"""Sending what was ordered: in one parcel or several, all at once or in parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.errors import Invalid
from core.domain.identifiers import ShipmentId, Sku

SHORTEST_NUMBER = 6
LONGEST_NUMBER = 32


class FulfillmentState(StrEnum):
    UNFULFILLED = "unfulfilled"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


# Every move that the sending of an order can make. A move that is not here raises.
MOVES: dict[tuple[FulfillmentState, str], FulfillmentState] = {
    (FulfillmentState.UNFULFILLED, "ship_part"): FulfillmentState.PARTLY_SHIPPED,
    (FulfillmentState.UNFULFILLED, "ship_rest"): FulfillmentState.SHIPPED,
    (FulfillmentState.PARTLY_SHIPPED, "ship_part"): FulfillmentState.PARTLY_SHIPPED,
    (FulfillmentState.PARTLY_SHIPPED, "ship_rest"): FulfillmentState.SHIPPED,
    (FulfillmentState.PARTLY_SHIPPED, "deliver_part"): FulfillmentState.PARTLY_SHIPPED,
    (FulfillmentState.SHIPPED, "deliver_part"): FulfillmentState.SHIPPED,
    (FulfillmentState.SHIPPED, "deliver_rest"): FulfillmentState.DELIVERED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """One parcel: what is in it, who carries it, and when it arrived (None: not yet).

    Its number is empty once it was erased, or for whoever may not see it.
    """

    id: ShipmentId
    carrier: str
    tracking_number: str
    quantities: Mapping[Sku, int]
    shipped_at: datetime
    delivered_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.quantities or min(self.quantities.values()) < 1:
            raise Invalid("quantity", "Add at least one item to the package.")


def check_tracking_number(number: str) -> None:
    """Raises `Invalid` for what no carrier prints on a parcel."""
    plain = number.isascii() and number.isalnum()
    if not (plain and SHORTEST_NUMBER <= len(number) <= LONGEST_NUMBER):
        raise Invalid("tracking_number", "A tracking number has 6 to 32 letters and digits.")
