"""Bringing events from the outbox to whoever listens."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.domain.events import Event, ProductChanged, StockChanged
from core.domain.identifiers import ProductId
from ports.clock import Clock
from ports.errors import PortError
from ports.search import SearchIndex
from ports.storage.outbox import Envelope, Outbox
from ports.storage.shelf import Catalogue

Subscriber = Callable[[Sequence[Event]], Awaitable[None]]
"""Handles a batch of events. It may see one again: it must be idempotent."""

BATCH = 200
LONGEST_WAIT = timedelta(hours=1)
REINDEX_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class RelayEvents:
    """Deliver what is due; how many. A subscriber that fails gets its events again, later."""

    outbox: Outbox
    subscribers: Mapping[str, Subscriber]
    now: Clock

    async def __call__(self) -> int:
        envelopes = await self.outbox.claim(self.now(), BATCH)
        if not envelopes:
            return 0
        failure = await self._deliver(envelopes)
        if failure:
            for envelope in envelopes:
                wait = min(timedelta(seconds=2**envelope.attempts), LONGEST_WAIT)
                await self.outbox.failed(envelope, self.now() + wait, failure)
            return 0
        await self.outbox.delivered(envelopes)
        return len(envelopes)

    async def drain(self) -> int:
        """Deliver until nothing is due."""
        delivered = 0
        while count := await self():
            delivered += count
        return delivered

    async def _deliver(self, envelopes: Sequence[Envelope]) -> str:
        events = [envelope.event for envelope in envelopes]
        for name, subscriber in self.subscribers.items():
            try:
                await subscriber(events)
            except PortError as error:
                return f"{name}: {type(error).__name__}"
        return ""


@dataclass(frozen=True, slots=True)
class IndexProducts:
    """Keep the search index like the catalogue: listens to products and stock."""

    catalogue: Catalogue
    search: SearchIndex

    async def __call__(self, events: Sequence[Event]) -> None:
        changed = [
            event.product_id for event in events if isinstance(event, ProductChanged | StockChanged)
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
