"""The ports with a boundary around each plugin, and what stands in for it when it fails."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from adapters.plugins.guard import PluginGuard
from core.domain.events import Event
from core.domain.identifiers import ProductId
from ports.errors import PortError, Unavailable
from ports.events.outbox import Envelope
from ports.fulfillment import (
    Carrier,
    CarrierService,
    ShippingRate,
    ShippingRequest,
    Tracking,
    TracksParcels,
)
from ports.recommendation import PurchaseHistory, Recommendation, Recommender
from ports.search import SearchDocument, SearchIndex, SearchQuery, SearchResult

NOTHING = type(None)
NO_SERVICES: tuple[CarrierService, ...] = ()
REBUILD_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class Carriers:
    """Every carrier asked at once; ``fallback`` is quoted where none of them could answer."""

    carriers: Sequence[tuple[Carrier, PluginGuard]]
    fallback: ShippingRate
    code: str = "carriers"

    async def rates(self, request: ShippingRequest) -> tuple[ShippingRate, ...]:
        answers = await asyncio.gather(
            *(self._ask(carrier, guard, request) for carrier, guard in self.carriers)
        )
        known = [rates for rates in answers if rates is not None]
        if not known:
            return (self.fallback,)
        found = [rate for rates in known for rate in rates]
        return tuple(sorted(found, key=lambda rate: rate.price.minor))

    async def _ask(
        self, carrier: Carrier, guard: PluginGuard, request: ShippingRequest
    ) -> tuple[ShippingRate, ...] | None:
        async def sound_rates() -> tuple[ShippingRate, ...]:
            rates = await carrier.rates(request)
            if not all(_is_sound(rate, request) for rate in rates):
                raise TypeError("answered with a rate that cannot be")
            return rates

        try:
            return await guard.call(sound_rates, answers=(tuple,))
        except PortError:
            return None


@dataclass(frozen=True, slots=True)
class Trackers:
    """Finds the carrier that has a service, and asks it for the tracking."""

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
                known.code == service
                for known in guard.ask(carrier.services, otherwise=NO_SERVICES)
            ):
                return await self._ask(carrier, guard, service, tracking_number)
        raise Unavailable

    async def _ask(
        self, tracker: TracksParcels, guard: PluginGuard, service: str, number: str
    ) -> Tracking:
        return await guard.call(lambda: tracker.track(service, number), answers=Tracking)


@dataclass(frozen=True, slots=True)
class GuardedRecommender:
    """Rebuilding may take an hour; an answer may not."""

    recommender: Recommender
    guard: PluginGuard

    @property
    def code(self) -> str:
        return self.recommender.code

    async def also_bought(
        self, products: Sequence[ProductId], limit: int
    ) -> tuple[Recommendation, ...]:
        return await self.guard.call(
            lambda: self.recommender.also_bought(products, limit), answers=(tuple,)
        )

    async def trending(self, limit: int) -> tuple[Recommendation, ...]:
        return await self.guard.call(lambda: self.recommender.trending(limit), answers=(tuple,))

    async def rebuild(self, purchase_history: PurchaseHistory) -> None:
        await self.guard.call(
            lambda: self.recommender.rebuild(purchase_history),
            answers=NOTHING,
            seconds=REBUILD_SECONDS,
        )


@dataclass(frozen=True, slots=True)
class GuardedSubscriber:
    """A failed batch is delivered again later; other subscribers do not wait for it."""

    handle: Callable[[Sequence[Event]], Awaitable[None]]
    guard: PluginGuard

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        events = [each.event for each in envelopes]
        await self.guard.call(lambda: self.handle(events), answers=NOTHING)


def _is_sound(rate: object, request: ShippingRequest) -> bool:
    return (
        isinstance(rate, ShippingRate)
        and rate.price.minor >= 0
        and rate.price.currency == request.goods_total.currency
    )


@dataclass(frozen=True, slots=True)
class NoRecommender:
    """A shop without a recommender: everything falls back to the newest products."""

    code: str = "none"

    async def also_bought(
        self,
        products: Sequence[ProductId],  # noqa: ARG002
        limit: int,  # noqa: ARG002
    ) -> tuple[Recommendation, ...]:
        return ()

    async def trending(self, limit: int) -> tuple[Recommendation, ...]:  # noqa: ARG002
        return ()

    async def rebuild(self, purchase_history: PurchaseHistory) -> None:
        """There is nothing to learn."""


@dataclass(frozen=True, slots=True)
class GuardedSearch:
    """A plugin's index, with the shop's database behind it: both are fed, one is asked first."""

    index: SearchIndex
    fallback: SearchIndex
    guard: PluginGuard

    async def put(self, documents: tuple[SearchDocument, ...]) -> None:
        await self.fallback.put(documents)
        await self.guard.call(lambda: self.index.put(documents), answers=NOTHING)

    async def remove(self, product_ids: tuple[ProductId, ...]) -> None:
        await self.fallback.remove(product_ids)
        await self.guard.call(lambda: self.index.remove(product_ids), answers=NOTHING)

    async def search(self, query: SearchQuery) -> SearchResult:
        try:
            return await self.guard.call(lambda: self.index.search(query), answers=SearchResult)
        except Unavailable:
            return await self.fallback.search(query)
