"""Each subscriber has a lane: one that hangs, fails or cannot be read delays nobody else."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from adapters.database.tables.events import outbox
from adapters.serialization import events as serialization
from core.application.deliveries import CONCURRENT_CALLS, DISABLE_AFTER, DeliverEvents
from core.application.events import Listener
from core.domain.events import Event, ProductChanged
from core.domain.identifiers import ProductId
from entrepot.assembly.shop import Shop
from ports.errors import Unavailable
from ports.events.outbox import Envelope
from tests import polling
from tests.commands import command
from tests.receiver import Receiver, listening

pytestmark = pytest.mark.anyio

FAILURES_TO_PAUSE = 5
PAUSE = timedelta(minutes=1, seconds=1)


async def happen(shop: Shop, count: int = 1) -> None:
    """Store events, and deliver them to local subscribers."""
    async with shop.units()() as unit:
        for _ in range(count):
            unit.add_event(ProductChanged(product_id=ProductId(uuid4()), at=datetime.now(UTC)))
        await unit.commit()
    await shop.relay_events().drain()


async def add(shop: Shop, receiver: Receiver) -> str:
    result = await command(shop, "webhooks", "add", receiver.url)
    assert result.exit_code == 0, result.output
    webhook_id: str = result.output.split()[0]
    return webhook_id


async def until(condition: Callable[[], bool]) -> None:
    async def reached() -> bool:
        return condition()

    await polling.until(reached)


@asynccontextmanager
async def running(work: Callable[[], Any]) -> AsyncIterator[None]:
    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def later(shop: Shop, after: timedelta) -> DeliverEvents:
    now = datetime.now(UTC) + after
    return replace(shop.deliver_events(), now=lambda: now)


async def test_a_receiver_that_hangs_delays_no_other(shop: Shop) -> None:
    with listening() as hanging, listening() as other:
        await add(shop, hanging)
        await add(shop, other)
        hanging.answers.clear()
        async with running(shop.deliver_events().run):
            await happen(shop)
            await until(lambda: len(hanging.received) == 1 and len(other.received) == 1)
            await happen(shop, 3)
            await until(lambda: len(other.received) == 4)
            assert len(hanging.received) == 1
            hanging.answers.set()
            await until(lambda: len(hanging.received) == 4)


async def test_without_lanes_a_receiver_that_hangs_delays_the_others(shop: Shop) -> None:
    """The twin waits for all subscribers before the next batch."""

    async def one_lane() -> None:
        while True:
            await shop.deliver_events()()
            await asyncio.sleep(0)

    with listening() as hanging, listening() as other:
        await add(shop, hanging)
        await add(shop, other)
        hanging.answers.clear()
        async with running(one_lane):
            await happen(shop)
            await until(lambda: len(hanging.received) == 1 and len(other.received) == 1)
            await happen(shop, 3)
            await asyncio.sleep(0.5)
            assert len(other.received) == 1
            hanging.answers.set()
            await until(lambda: len(other.received) == 4)


def subscribed(listeners: Mapping[str, Listener]) -> Any:
    async def subscribers() -> Mapping[str, Listener]:
        return listeners

    return subscribers


async def test_emails_do_not_wait_for_a_plugin(shop: Shop) -> None:
    sent: list[Envelope] = []

    async def mail(envelopes: Sequence[Envelope]) -> None:
        sent.extend(envelopes)

    async def hang(_envelopes: Sequence[Envelope]) -> None:
        await asyncio.Event().wait()

    remote = subscribed({"mail": Listener(mail), "plugin": Listener(hang, batch=50)})
    await replace(shop.relay_events(), remote=remote).drain()
    async with running(replace(shop.deliver_events(), remote=remote).run):
        for count in (1, 2):
            async with shop.units()() as unit:
                unit.add_event(ProductChanged(product_id=ProductId(uuid4()), at=datetime.now(UTC)))
                await unit.commit()
            await replace(shop.relay_events(), remote=remote).drain()
            await until(partial(lambda expected: len(sent) == expected, count))


async def test_a_receiver_that_fails_is_left_alone_for_a_minute(shop: Shop) -> None:
    with listening() as receiver:
        await add(shop, receiver)
        receiver.status = 500
        await happen(shop, 40)
        await shop.deliver_events().drain()
        tried = len(receiver.received)
        assert FAILURES_TO_PAUSE <= tried < FAILURES_TO_PAUSE + CONCURRENT_CALLS
        await later(shop, timedelta(seconds=30))()
        assert len(receiver.received) == tried
        receiver.status = 200
        await later(shop, PAUSE).drain()
        assert len(receiver.received) == tried + 40


async def test_a_webhook_that_fails_for_days_is_disabled_until_staff_enable_it(shop: Shop) -> None:
    with listening() as receiver:
        webhook_id = await add(shop, receiver)
        receiver.status = 500
        await happen(shop)
        await shop.deliver_events().drain()
        listed = await command(shop, "webhooks", "list")
        assert (listed.exit_code, "failing since" in listed.output) == (0, True), listed.output
        await happen(shop)
        await later(shop, DISABLE_AFTER + PAUSE).drain()
        tried = len(receiver.received)

        listed = await command(shop, "webhooks", "list")
        assert (listed.exit_code, "disabled" in listed.output) == (1, True), listed.output
        assert (await command(shop, "events", "dead")).exit_code == 1
        await happen(shop)
        await later(shop, 2 * DISABLE_AFTER).drain()
        assert len(receiver.received) == tried

        receiver.status = 200
        assert (await command(shop, "webhooks", "enable", webhook_id)).exit_code == 0
        assert (await command(shop, "webhooks", "enable", str(uuid4()))).exit_code == 1
        assert (await command(shop, "events", "retry")).output == "2 will be tried again.\n"
        await shop.deliver_events().drain()
        assert len(receiver.received) == tried + 2
        assert "healthy" in (await command(shop, "webhooks", "list")).output


async def test_one_bad_event_does_not_hold_up_the_batch_of_a_plugin(shop: Shop) -> None:
    received: list[Event] = []
    bad: list[Event] = []

    async def handle(envelopes: Sequence[Envelope]) -> None:
        for each in envelopes:
            if not bad:
                bad.append(each.event)
            if each.event in bad:
                raise Unavailable
        received.extend(each.event for each in envelopes)

    remote = subscribed({"plugin": Listener(handle, batch=50)})
    async with shop.units()() as unit:
        for _ in range(10):
            unit.add_event(ProductChanged(product_id=ProductId(uuid4()), at=datetime.now(UTC)))
        await unit.commit()
    await replace(shop.relay_events(), remote=remote).drain()
    deliver = replace(shop.deliver_events(), remote=remote)
    await deliver.drain()
    assert received == []
    now = datetime.now(UTC) + PAUSE
    await replace(deliver, now=lambda: now).drain()
    assert len(received) == 9


async def test_a_fault_in_a_subscriber_of_the_shop_is_its_own(shop: Shop) -> None:
    received: list[Envelope] = []

    async def handle(envelopes: Sequence[Envelope]) -> None:
        received.extend(envelopes)

    async def fail(_envelopes: Sequence[Envelope]) -> None:
        raise ZeroDivisionError

    async with shop.units()() as unit:
        unit.add_event(ProductChanged(product_id=ProductId(uuid4()), at=datetime.now(UTC)))
        await unit.commit()
    local = subscribed({"faulty": Listener(fail), "other": Listener(handle)})
    relay = replace(shop.relay_events(), local=local)
    assert await relay() == 1
    assert await relay() == 0
    assert len(received) == 1


async def store_unknown(shop: Shop, kind: str, payload: dict[str, str]) -> None:
    now = datetime.now(UTC) - timedelta(seconds=1)
    async with shop.database().writes.begin() as connection:
        await connection.execute(
            outbox.insert().values(
                id=uuid4(), kind=kind, payload=payload, happened_at=now, due_at=now
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent(Event):
    """An event as the next version knows it."""

    colour: str


@pytest.mark.parametrize("kind", ["LoyaltyPointsGranted", "ProductChanged"])
async def test_an_event_that_cannot_be_read_is_skipped_and_listed(
    shop: Shop, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is of a newer version, or its fields are: the version that knows it delivers it."""
    with listening() as receiver:
        await add(shop, receiver)
        await store_unknown(shop, kind, {"at": datetime.now(UTC).isoformat(), "colour": "red"})
        await happen(shop, 2)
        await shop.deliver_events().drain()
        assert receiver.kinds == ["product.changed"] * 2
        dead = await command(shop, "events", "dead")
        assert dead.exit_code == 1
        assert "outbox" in dead.output
        assert "UnknownEvent" in dead.output

        an_hour = datetime.now(UTC) + timedelta(hours=1)
        relay = replace(shop.relay_events(), now=lambda: an_hour)
        assert await relay.drain() == 0

        monkeypatch.setitem(serialization.KINDS, kind, NewEvent)
        assert (await command(shop, "events", "retry")).output == "1 will be tried again.\n"
        assert await shop.relay_events().drain() == 1
        await shop.deliver_events().drain()
        assert len(receiver.received) == 3
        assert (await command(shop, "events", "dead")).exit_code == 0


async def test_an_unknown_event_is_purged_after_thirty_days(shop: Shop) -> None:
    await store_unknown(shop, "LoyaltyPointsGranted", {})
    await happen(shop)
    purge = shop.purge_events()
    assert await purge() == 0
    in_a_month = datetime.now(UTC) + timedelta(days=31)
    assert await replace(purge, now=lambda: in_a_month)() == 2
    assert (await command(shop, "events", "dead")).exit_code == 0
