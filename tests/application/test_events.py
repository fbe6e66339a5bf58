"""Background work: the outbox relay, jobs and purges."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.worker.worker import PeriodicTask
from core.application.carts.ownership import CartOwner
from core.application.customers.registration import Registration
from core.application.events import Listener
from core.domain.events import Event, ProductChanged
from entrepot.assembly.shop import Shop
from ports.errors import Unavailable
from ports.events.outbox import Envelope
from ports.search import SearchQuery
from tests.factories import a_draft, stock_up, text

pytestmark = pytest.mark.anyio


async def test_a_committed_change_reaches_the_search_index(shop: Shop) -> None:
    await stock_up(shop)
    assert (await shop.search().search(SearchQuery(words="zisha"))).total == 0
    await shop.save_product()(a_draft(title=text("Zisha pot")))
    assert await shop.relay_events().drain() > 0
    assert (await shop.search().search(SearchQuery(words="zisha"))).total == 1
    assert await shop.relay_events().drain() == 0


async def test_an_event_is_delivered_again_after_a_failure(shop: Shop) -> None:
    received: list[Event] = []
    up = False

    async def subscriber(envelopes: Sequence[Envelope]) -> None:
        if not up:
            raise Unavailable
        received.extend(each.event for each in envelopes)

    await shop.save_category()("teapots", text("Teapots"))
    await shop.save_product()(a_draft())

    async def listeners() -> dict[str, Listener]:
        return {"mine": Listener(subscriber)}

    assert await replace(shop.relay_events(), local=listeners)() > 0
    assert received == []
    up = True
    later = replace(
        shop.deliver_events(), local=listeners, now=lambda: datetime.now(UTC) + timedelta(minutes=5)
    )
    assert await later() > 0
    assert any(isinstance(event, ProductChanged) for event in received)


async def test_a_replay_respects_the_filter_of_the_subscriber(
    shop: Shop,
) -> None:
    received: list[Event] = []

    async def subscriber(envelopes: Sequence[Envelope]) -> None:
        received.extend(each.event for each in envelopes)

    async def listeners() -> dict[str, Listener]:
        return {"mine": Listener(subscriber, lambda event: not event.internal)}

    now = datetime.now(UTC)
    await shop.record_staff_action()("staff:1", "GET orders", "")
    await shop.save_category()("teapots", text("Teapots"))
    await shop.save_product()(a_draft())
    history = await shop.outbox().history(
        since=now - timedelta(hours=1), until=now + timedelta(hours=1), kinds=frozenset(), limit=99
    )
    assert any(each.event.internal for each in history)
    await shop.outbox().replay(list(history), "mine", now)
    await replace(shop.deliver_events(), local=listeners).drain()
    assert received
    assert not any(event.internal for event in received)


async def test_two_relays_do_not_deliver_the_same_event(shop: Shop) -> None:
    await shop.save_category()("teapots", text("Teapots"))
    for number in range(20):
        await shop.save_product()(a_draft(f"pot-{number}"))
    now = datetime.now(UTC) + timedelta(seconds=1)
    claims = await asyncio.gather(*(shop.outbox().claim(now, 15) for _ in range(8)))
    ids = [envelope.id for claim in claims for envelope in claim]
    assert len(ids) == len(set(ids)) >= 20


async def test_a_task_that_fails_runs_again(shop: Shop) -> None:
    runs: list[int] = []
    again = asyncio.Event()

    async def fail() -> None:
        runs.append(1)
        if len(runs) > 2:
            again.set()
        raise ZeroDivisionError

    worker = shop.worker()
    worker.tasks = {"fails": PeriodicTask(0.01, fail)}
    task = asyncio.create_task(worker.run())
    await asyncio.wait_for(again.wait(), 30)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_expired_sessions_are_purged(shop: Shop) -> None:
    registration = Registration(
        login="mei@example.com",
        password="correct horse",
        name="李梅",
        language="zh",
        old_enough=True,
    )
    await shop.register_member()(registration)
    await shop.log_in()(registration.login, registration.password, CartOwner())
    purge = shop.purge_sessions()
    assert await purge() == 0
    later = replace(purge, now=lambda: datetime.now(UTC) + timedelta(days=31))
    assert await later() == 1
