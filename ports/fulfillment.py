"""Carriers: shipping rates before an order, tracking after it."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from core.domain.address import Address
from core.domain.money import Money
from core.domain.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLine:
    """One SKU in a parcel; weight and volume are those of one unit."""

    sku: str
    quantity: int
    weight_grams: int
    volume_mm3: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRequest:
    """``goods_total`` is the price after all adjustments; free shipping depends on it."""

    address: Address
    lines: tuple[ParcelLine, ...]
    goods_total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingRate:
    """A shipping option with its price. The carrier never changes the meaning of a ``code``.

    The code is unique among the rates of its carrier. The shop puts the carrier's before it.
    """

    code: str
    name: Text
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """How to follow a parcel. ``url`` is the carrier's tracking page; empty if it has none."""

    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierService:
    """A delivery company, with a ``code`` such as ``sf``."""

    code: str
    name: Text


@runtime_checkable
class Carrier(Protocol):
    """Quotes rates. ``code`` is stable and short."""

    @property
    def code(self) -> str: ...

    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        """Every shipping option, cheapest first; empty if the address cannot be served.

        The same request has the same result. Prices are never negative.

        Raises:
            Unavailable: the carrier did not answer.
        """


@runtime_checkable
class TracksParcels(Protocol):
    """Lists delivery services and finds the tracking of a parcel."""

    def services(self) -> tuple[CarrierService, ...]:
        """The services that staff can choose from when they ship a parcel.

        The shop asks once, at the start.
        """

    async def track(self, service: str, tracking_number: str) -> Tracking:
        """A number that the carrier does not know yet is not an error.

        Raises:
            Unavailable: the carrier did not answer.
        """
