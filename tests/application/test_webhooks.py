"""Webhooks: signed events, retries, dead deliveries and replay."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import Result
from standardwebhooks import Webhook as Signature
from standardwebhooks import WebhookVerificationError

from core.application.events import TRY_AGAIN_AFTER
from entrepot.assembly.shop import Shop
from tests.bank import place
from tests.commands import command
from tests.factories import stock_up
from tests.receiver import Receiver, listening

pytestmark = pytest.mark.anyio


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as receiver:
        yield receiver


async def deliver(shop: Shop) -> None:
    """Deliver or try everything that is due now."""
    await shop.relay_events().drain()
    await shop.deliver_events().drain()


async def add(shop: Shop, receiver: Receiver, *types: str) -> tuple[str, str]:
    """Add a webhook. Returns the name of the subscriber and its secret."""
    wanted = [part for each in types for part in ("--type", each)]
    result = await command(shop, "webhooks", "add", receiver.url, *wanted)
    assert result.exit_code == 0, result.output
    webhook, secret = result.output.split()
    return f"webhook:{webhook}", secret


async def test_an_event_is_signed_as_the_standard_requires(shop: Shop, receiver: Receiver) -> None:
    await stock_up(shop)
    _, secret = await add(shop, receiver, "order.placed")
    placed = await place(shop)
    await deliver(shop)
    ((headers, body),) = receiver.received
    event: Any = Signature(secret).verify(body, headers)
    assert event["type"] == "order.placed"
    assert event["data"]["order_id"] == str(placed.id)
    assert datetime.fromisoformat(event["timestamp"]).tzinfo is not None
    with pytest.raises(WebhookVerificationError):
        Signature(secret).verify(body.replace(b"placed", b"paid"), headers)


async def test_the_secret_of_another_webhook_does_not_verify(
    shop: Shop, receiver: Receiver
) -> None:
    await stock_up(shop)
    await add(shop, receiver, "order.placed")
    with listening() as other:
        _, secret = await add(shop, other)
        await place(shop)
        await deliver(shop)
    ((headers, body),) = receiver.received
    with pytest.raises(WebhookVerificationError):
        Signature(secret).verify(body, headers)
    assert "order.placed" in other.kinds


async def test_a_refused_event_is_sent_again_with_the_same_id(
    shop: Shop, receiver: Receiver
) -> None:
    await stock_up(shop)
    await add(shop, receiver, "order.placed")
    receiver.status = 503
    await place(shop)
    await deliver(shop)
    receiver.status = 200
    await deliver(shop)
    assert len(receiver.received) == 1
    soon = replace(shop.deliver_events(), now=lambda: datetime.now(UTC) + TRY_AGAIN_AFTER[0])
    await soon()
    await soon()
    assert len(receiver.received) == 2
    assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 1


async def test_a_dead_host_does_not_block_other_subscribers(shop: Shop, receiver: Receiver) -> None:
    await stock_up(shop)
    with listening() as dead_host:
        await add(shop, dead_host)
    await add(shop, receiver, "order.placed")
    await place(shop)
    await deliver(shop)
    assert receiver.kinds == ["order.placed"]


async def retry_at(shop: Shop, now: datetime) -> None:
    await replace(shop.deliver_events(), now=lambda: now).drain()


async def exhaust_retries(shop: Shop) -> None:
    """Let time pass until every delivery is dead."""
    passed = timedelta()
    for pause in (timedelta(), *TRY_AGAIN_AFTER):
        passed += pause + timedelta(seconds=1)
        await retry_at(shop, datetime.now(UTC) + passed)


async def test_dead_deliveries_are_listed_retried_and_replayed(
    shop: Shop, receiver: Receiver
) -> None:
    await stock_up(shop)
    name, _ = await add(shop, receiver, "order.placed")
    receiver.status = 500
    await place(shop)
    await deliver(shop)
    await exhaust_retries(shop)
    tries = len(receiver.received)
    assert tries == len(TRY_AGAIN_AFTER) + 1

    dead = await command(shop, "events", "dead", "--json")
    assert dead.exit_code == 1
    (delivery,) = json.loads(dead.output)
    assert (delivery["type"], delivery["subscriber"], delivery["tries"]) == (
        "order.placed",
        name,
        tries,
    )
    assert delivery["last_error"] == "Unavailable"

    receiver.status = 200
    dry = await command(shop, "events", "retry", "--dry-run")
    assert dry.output == "1 would be tried again.\n"
    await deliver(shop)
    assert len(receiver.received) == tries
    again = await command(shop, "events", "retry")
    assert again.output == "1 will be tried again.\n"
    await deliver(shop)
    assert len(receiver.received) == tries + 1
    assert (await command(shop, "events", "dead")).exit_code == 0

    replay = ("events", "replay", name, "--since", f"{datetime.now(UTC):%Y-%m-%d}")
    narrow = (*replay, "--type", "order.placed")
    assert "1 events would be delivered" in (await command(shop, *narrow, "--dry-run")).output
    assert "1 events will be delivered" in (await command(shop, *narrow)).output
    await deliver(shop)
    assert len(receiver.received) == tries + 2
    nobody = await command(shop, "events", "replay", "nobody", "--since", "2026-11-01")
    assert (nobody.exit_code, "There is no subscriber nobody" in nobody.output) == (1, True)


async def test_webhooks_are_listed_and_removed(shop: Shop, receiver: Receiver) -> None:
    name, _ = await add(shop, receiver, "order.paid")
    webhook = name.removeprefix("webhook:")
    listed = await command(shop, "webhooks", "list", "--json")
    assert json.loads(listed.output) == [
        {
            "id": webhook,
            "url": receiver.url,
            "types": ["order.paid"],
            "state": "healthy",
            "failing_since": None,
        }
    ]
    refused(await command(shop, "webhooks", "add", receiver.url), 1, receiver.url)
    refused(await command(shop, "webhooks", "add", "ftp://a/b"), 2, "https://")
    refused(await command(shop, "webhooks", "add", "http://a/b", "--type", "no"), 2, "no type no")
    assert (await command(shop, "webhooks", "remove", webhook)).exit_code == 0
    refused(await command(shop, "webhooks", "remove", webhook), 1, webhook)
    await stock_up(shop)
    await place(shop)
    await deliver(shop)
    assert receiver.received == []


def refused(result: Result, code: int, words: str) -> None:
    assert (result.exit_code, words in result.output) == (code, True), result.output
