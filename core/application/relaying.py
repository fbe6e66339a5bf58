"""Bringing events from the outbox to whoever listens."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from core.application.payments import ClosePayments
from core.domain.events import Event, OrderPaid, ProductChanged, StockChanged
from core.domain.identifiers import ProductId
from ports.clock import Clock
from ports.errors import PortError
from ports.search import SearchIndex
from ports.storage.outbox import Delivery, Envelope, Outbox
from ports.storage.shelf import Catalogue

Subscriber = Callable[[Sequence[Envelope]], Awaitable[None]]
"""Handles a batch of events. It may see one again: it must be idempotent."""


def anything(_event: Event) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Listener:
    """A subscriber, and which events it wants."""

    handle: Subscriber
    wants: Callable[[Event], bool] = anything


class Subscribers(Protocol):
    async def __call__(self) -> Mapping[str, Listener]:
        """Who listens now, by name."""


class LocalSubscribers(Subscribers, Protocol):
    """Those in this process."""


class RemoteSubscribers(Subscribers, Protocol):
    """Those over a network."""


BATCH = 200
RETRIES_AT_ONCE = 20
REINDEX_AT_ONCE = 200
KEPT = timedelta(days=30)

TRY_AGAIN_AFTER = tuple(
    timedelta(seconds=each)
    for each in (5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""After the last of these, some three days after it happened, an event is given up."""


@dataclass(frozen=True, slots=True)
class RelayEvents:
    """Deliver what is due to everybody who listens; how many events.

    ``near`` listen in this process and are told at once; ``far`` ones, over a network, get
    each event by itself from `DeliverMissed`. Whoever fails costs nobody else.
    """

    outbox: Outbox
    near: LocalSubscribers
    far: RemoteSubscribers
    now: Clock

    async def __call__(self) -> int:
        fresh = await self.outbox.claim(self.now(), BATCH)
        if not fresh:
            return 0
        missed = []
        for name, listener in (await self.near()).items():
            wanted = [each for each in fresh if listener.wants(each.event)]
            if wanted and (error := await _handed(listener.handle, wanted)):
                missed += [again(_missed(each, name, error), self.now()) for each in wanted]
        for name, listener in (await self.far()).items():
            missed += [
                replace(_missed(each, name, ""), due_at=self.now())
                for each in fresh
                if listener.wants(each.event)
            ]
        await self.outbox.delivered(fresh, missed)
        return len(fresh)

    async def drain(self) -> int:
        """Deliver until nothing is due."""
        delivered = 0
        while count := await self():
            delivered += count
        return delivered


@dataclass(frozen=True, slots=True)
class DeliverMissed:
    """Deliver, one by one, what somebody has not taken yet; how many were tried.

    After ten failures an event is given up for that subscriber, until somebody revives it.
    """

    outbox: Outbox
    near: LocalSubscribers
    far: RemoteSubscribers
    now: Clock

    async def __call__(self) -> int:
        missed = await self.outbox.claim_missed(self.now(), RETRIES_AT_ONCE)
        if missed:
            listening = {**await self.near(), **await self.far()}
            await asyncio.gather(
                *(self._deliver(each, listening.get(each.subscriber)) for each in missed)
            )
        return len(missed)

    async def drain(self) -> int:
        """Deliver until everything that is due was tried."""
        tried = 0
        while count := await self():
            tried += count
        return tried

    async def _deliver(self, delivery: Delivery, listener: Listener | None) -> None:
        """Whoever does not listen any more, or not to this, has missed nothing."""
        wanted = listener is not None and listener.wants(delivery.envelope.event)
        error = await _handed(listener.handle, [delivery.envelope]) if listener and wanted else ""
        failed = again(replace(delivery, last_error=error), self.now())
        await self.outbox.settle_missed(failed, done=not error)


def again(delivery: Delivery, now: datetime) -> Delivery:
    """The delivery after one more failure: due later, or given up."""
    tried = delivery.attempts
    due = now + TRY_AGAIN_AFTER[tried] if tried < len(TRY_AGAIN_AFTER) else None
    return replace(delivery, attempts=tried + 1, due_at=due)


def _missed(envelope: Envelope, subscriber: str, error: str) -> Delivery:
    return Delivery(
        envelope=envelope, subscriber=subscriber, attempts=0, due_at=None, last_error=error
    )


async def _handed(subscriber: Subscriber, envelopes: Sequence[Envelope]) -> str:
    """Why it was not taken; empty if it was."""
    try:
        await subscriber(envelopes)
    except PortError as error:
        return type(error).__name__
    return ""


@dataclass(frozen=True, slots=True)
class ForgetEvents:
    """Drop the events of over 30 days ago that everybody has taken; how many."""

    outbox: Outbox
    now: Clock

    async def __call__(self) -> int:
        return await self.outbox.purge(self.now() - KEPT)


@dataclass(frozen=True, slots=True)
class ClosePaidOrders:
    """Once an order is paid, make its other attempts impossible to pay."""

    close_payments: ClosePayments

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            if isinstance(envelope.event, OrderPaid):
                await self.close_payments(envelope.event.order_id)


@dataclass(frozen=True, slots=True)
class IndexProducts:
    """Keep the search index like the catalogue: listens to products and stock."""

    catalogue: Catalogue
    search: SearchIndex

    async def __call__(self, envelopes: Sequence[Envelope]) -> None:
        changed = [
            each.event.product_id
            for each in envelopes
            if isinstance(each.event, ProductChanged | StockChanged)
        ]
        await self.index(tuple(dict.fromkeys(changed)))

    async def index(self, product_ids: tuple[ProductId, ...]) -> None:
        documents = await self.catalogue.documents(product_ids)
        shown = {document.product_id for document in documents}
        await self.search.put(documents)
        gone = tuple(each for each in product_ids if each not in shown)
        if gone:
            await self.search.remove(gone)

    async def rebuild(self) -> int:
        """Index the whole catalogue again; how many products."""
        last: ProductId | None = None
        count = 0
        while page := await self.catalogue.product_ids(last, REINDEX_AT_ONCE):
            await self.index(page)
            last = page[-1]
            count += len(page)
        return count
