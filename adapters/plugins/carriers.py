"""Carriers behind the plugin guard: rates of all of them, and tracking."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.plugins.answers import fulfillment as answers
from adapters.plugins.answers.fulfillment import CarrierDescription
from adapters.plugins.guard import PluginGuard
from ports.errors import PortError, Unavailable
from ports.fulfillment import Carrier, CarrierService, ShippingRate, ShippingRequest, Tracking


@dataclass(frozen=True, slots=True)
class GuardedCarrier:
    """``carrier`` also implements `TracksParcels` if the description has services."""

    carrier: Any
    guard: PluginGuard
    description: CarrierDescription

    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        carrier: Carrier = self.carrier
        return await self.guard.call(
            lambda: carrier.rates(request), lambda answer: answers.rates(answer, request)
        )

    async def track(self, service: str, tracking_number: str) -> Tracking:
        return await self.guard.call(
            lambda: self.carrier.track(service, tracking_number), answers.tracking
        )


@dataclass(frozen=True, slots=True)
class Carriers:
    """Asks all carriers concurrently; quotes ``fallback`` if none of them answers.

    The code of a rate begins with that of its carrier: a carrier cannot quote another one's rate.
    """

    carriers: Sequence[GuardedCarrier]
    fallback: ShippingRate
    code: str = "carriers"

    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        quoted = await asyncio.gather(*(self._rates(carrier, request) for carrier in self.carriers))
        answered = [rates for rates in quoted if rates is not None]
        if not answered:
            return (self.fallback,)
        rates = [rate for each in answered for rate in each]
        return tuple(sorted(rates, key=lambda rate: rate.price.minor))

    async def _rates(
        self, carrier: GuardedCarrier, request: ShippingRequest
    ) -> tuple[ShippingRate, ...] | None:
        try:
            rates = await carrier.rates(request)
        except PortError:
            return None
        return tuple(
            replace(rate, code=f"{carrier.description.code}.{rate.code}") for rate in rates
        )


@dataclass(frozen=True, slots=True)
class Trackers:
    """Sends a tracking query to the carrier that has the service."""

    carriers: Sequence[GuardedCarrier]

    def services(self) -> tuple[CarrierService, ...]:
        return tuple(service for each in self.carriers for service in each.description.services)

    async def track(self, service: str, tracking_number: str) -> Tracking:
        for carrier in self.carriers:
            if any(each.code == service for each in carrier.description.services):
                return await carrier.track(service, tracking_number)
        raise Unavailable
