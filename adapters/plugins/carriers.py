"""Carriers behind the plugin guard: rates of all of them, and tracking."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.plugins.guard import PluginGuard
from ports.errors import PortError, Unavailable
from ports.fulfillment import (
    Carrier,
    CarrierService,
    ShippingRate,
    ShippingRequest,
    Tracking,
    TracksParcels,
)

NO_SERVICES: tuple[CarrierService, ...] = ()


@dataclass(frozen=True, slots=True)
class Carriers:
    """Asks all carriers concurrently; quotes ``fallback`` if none of them answers."""

    carriers: Sequence[tuple[Carrier, PluginGuard]]
    fallback: ShippingRate
    code: str = "carriers"

    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        answers = await asyncio.gather(
            *(self._rates(carrier, guard, request) for carrier, guard in self.carriers)
        )
        answered = [rates for rates in answers if rates is not None]
        if not answered:
            return (self.fallback,)
        rates = [rate for each in answered for rate in each]
        return tuple(sorted(rates, key=lambda rate: rate.price.minor))

    async def _rates(
        self, carrier: Carrier, guard: PluginGuard, request: ShippingRequest
    ) -> tuple[ShippingRate, ...] | None:
        async def checked_rates() -> tuple[ShippingRate, ...]:
            rates = await carrier.rates(request)
            if not all(_is_valid(rate, request) for rate in rates):
                raise TypeError("answered with an invalid rate")
            return rates

        try:
            return await guard.call(checked_rates, answers=(tuple,))
        except PortError:
            return None


@dataclass(frozen=True, slots=True)
class Trackers:
    """Sends a tracking query to the carrier that has the service."""

    carriers: Sequence[tuple[Carrier, PluginGuard]]

    def services(self) -> tuple[CarrierService, ...]:
        return tuple(
            service
            for carrier, guard in self.carriers
            if isinstance(carrier, TracksParcels)
            for service in guard.ask(carrier.services, otherwise=NO_SERVICES)
        )

    async def track(self, service: str, tracking_number: str) -> Tracking:
        for carrier, guard in self.carriers:
            if isinstance(carrier, TracksParcels) and any(
                each.code == service for each in guard.ask(carrier.services, otherwise=NO_SERVICES)
            ):
                return await self._track(carrier, guard, service, tracking_number)
        raise Unavailable

    async def _track(
        self, tracker: TracksParcels, guard: PluginGuard, service: str, number: str
    ) -> Tracking:
        return await guard.call(lambda: tracker.track(service, number), answers=Tracking)


def _is_valid(rate: object, request: ShippingRequest) -> bool:
    return (
        isinstance(rate, ShippingRate)
        and rate.price.minor >= 0
        and rate.price.currency == request.goods_total.currency
    )
