"""Sending goods: rates before an order, tracking after it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.domain.address import Address
from core.domain.money import Money
from core.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLine:
    """One SKU in a parcel. Grams and cubic millimetres are for one unit."""

    sku: str
    quantity: int
    weight_grams: int
    volume_mm3: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRequest:
    """A parcel and its destination. ``goods_total`` is the price after all adjustments."""

    address: Address
    lines: tuple[ParcelLine, ...]
    goods_total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRate:
    """A way of shipping and its price. ``code`` is the same in every result of this carrier."""

    code: str
    name: Text
    price: Money


class TrackingStatus(StrEnum):
    """The status of a parcel. ``UNKNOWN``: the carrier does not know the number yet."""

    UNKNOWN = "unknown"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingEvent:
    """One entry of the tracking history."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """The tracking history, newest event first. ``url`` is the carrier's page, or empty."""

    status: TrackingStatus
    events: tuple[TrackingEvent, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierService:
    """A service that transports parcels. ``code`` is such as ``sf``."""

    code: str
    name: Text


@runtime_checkable
class Carrier(Protocol):
    """Returns shipping rates. ``code`` is stable and short."""

    @property
    def code(self) -> str: ...

    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        """All shipping rates, lowest price first. Empty: no delivery to this address.

        The same request has the same result. Prices are not negative.

        Raises:
            Unavailable: the carrier does not answer.
        """


@runtime_checkable
class TracksParcels(Protocol):
    """Tracks the parcels of one or more services."""

    def services(self) -> tuple[CarrierService, ...]:
        """The services that staff can choose for a parcel."""

    async def track(self, service: str, tracking_number: str) -> Tracking:
        """The tracking history. The status is ``UNKNOWN`` for a number without one.

        Raises:
            Unavailable: the carrier did not answer.
        """
