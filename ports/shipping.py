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
    """One kind of goods in a parcel; grams and cubic millimetres are of one unit."""

    sku: str
    quantity: int
    weight_grams: int
    volume_mm3: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRequest:
    """``goods_total`` is what the goods cost after all adjustments: free shipping goes by it."""

    address: Address
    lines: tuple[ParcelLine, ...]
    goods_total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRate:
    """A way to send it. ``code`` names the same way in every answer of this carrier."""

    code: str
    name: Text
    price: Money


class TrackingStatus(StrEnum):
    UNKNOWN = "unknown"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    EXCEPTION = "exception"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingEvent:
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """Where a parcel is: newest event first. ``url`` is the carrier's own page, if it has one."""

    status: TrackingStatus
    events: tuple[TrackingEvent, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierService:
    """Somebody who takes parcels: ``code`` such as ``sf``."""

    code: str
    name: Text


@runtime_checkable
class Carrier(Protocol):
    """Quotes rates. ``code`` is stable and short."""

    @property
    def code(self) -> str: ...

    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        """Every way to send it, cheapest first; empty where nothing can be delivered.

        The same request has the same answer, and prices are never below zero.

        Raises:
            Unavailable: try again, or another carrier.
        """


@runtime_checkable
class TracksParcels(Protocol):
    """Knows carriers' services and where their parcels are."""

    def services(self) -> tuple[CarrierService, ...]:
        """Whom an operator can hand a parcel to."""

    async def track(self, service: str, tracking_number: str) -> Tracking:
        """``UNKNOWN`` for a number that the carrier has not seen yet.

        Raises:
            Unavailable: the carrier did not answer.
        """
