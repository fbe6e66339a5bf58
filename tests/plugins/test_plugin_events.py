"""Plugins publish events of their own types, and listen to events one by one."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from adapters.database.tables.audit import audit_log
from adapters.serialization import events as serialization
from adapters.serialization.events import payload_of, public_types, read_event, type_of
from core.application.events import TRY_AGAIN_AFTER
from core.domain.errors import Invalid, KeyReused
from core.domain.identifiers import OrderId
from core.domain.orders.holds import Blocked, Hold
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from ports.events.webhooks import Webhook
from tests.bank import place
from tests.factories import stock_up
from tests.installed import install_plugin
from tests.plugins.event_plugin import NAME, SOURCE
from tests.plugins.shop_plugin import in_plugin

pytestmark = pytest.mark.anyio

ORDER = OrderId(UUID(int=7))
REVIEW = Hold(code="review", blocks=frozenset({Blocked.SHIP}), reason=Text({"en": "Review"}))


@pytest.fixture(autouse=True)
def _plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    install_plugin(tmp_path / "site", NAME, SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield
    sys.modules.pop(NAME, None)
    serialization.PLUGIN_KINDS.pop("bonus.points.earned", None)


@pytest.fixture
def plugin(shop: Shop) -> ModuleType:
    assert NAME in shop.plugins().loaded
    return sys.modules[NAME]


def earned(plugin: ModuleType, **changes: Any) -> Any:
    values = {
        "at": datetime.now(UTC),
        "order_id": ORDER,
        "points": 12,
        "level": "gold",
        "first": True,
    }
    return plugin.PointsEarned(**{**values, **changes})


async def publish(shop: Shop, event: Any, key: str = "k1") -> Any:
    return await in_plugin(shop, lambda access: access.events.publish(event, key), NAME)


async def deliver(shop: Shop, after: timedelta = timedelta()) -> int:
    await shop.relay_events().drain()
    return await replace(shop.deliver_events(), now=lambda: datetime.now(UTC) + after)()


async def test_an_event_of_a_plugin_is_stored_once_and_reaches_all(
    shop: Shop, plugin: ModuleType
) -> None:
    event = earned(plugin)
    for _ in range(2):
        assert await publish(shop, replace(event, at=datetime.now(UTC))) is None
    assert isinstance(await publish(shop, earned(plugin, points=13)), KeyReused)
    await deliver(shop)
    ((first, key), (second, other)) = sorted(plugin.HANDLED, key=lambda each: str(each[1]))
    assert {key.partition(":")[2], other.partition(":")[2]} == {"points", "level"}
    assert type(first) is type(second) is plugin.PointsEarned
    assert replace(first, at=event.at) == event
    assert [type(each) for each in plugin.BATCHES] == [plugin.PointsEarned]
    async with shop.database().reads.connect() as connection:
        rows = (await connection.execute(select(audit_log.c.kind, audit_log.c.payload))).all()
    ((_, payload),) = (each for each in rows if each[0] == "bonus.points.earned")
    assert (payload["points"], payload["first"], payload["order_id"]) == ("12", "true", str(ORDER))


async def test_a_webhook_can_want_the_type_of_a_plugin(shop: Shop, plugin: ModuleType) -> None:
    assert "bonus.points.earned" in shop.event_type_names()()
    webhook = Webhook(
        id=shop.new_id()(),
        url="https://example.com/",
        kinds=frozenset({"bonus.points.earned"}),
        created_at=datetime.now(UTC),
    )
    await shop.webhooks().add(webhook)
    listeners = await shop.remote_subscribers()()
    await publish(shop, earned(plugin))
    (envelope,) = await shop.outbox().claim(datetime.now(UTC), 9)
    assert type_of(envelope.event) == "bonus.points.earned"
    assert [name for name, each in sorted(listeners.items()) if each.wants(envelope.event)] == [
        "bonus",
        "bonus/level",
        "bonus/points",
        webhook.subscriber,
    ]


async def test_a_wrong_event_stays_in_the_plugin(shop: Shop, plugin: ModuleType) -> None:
    now = datetime.now(UTC)
    wrong: list[Any] = [
        earned(plugin, points="12"),
        earned(plugin, points=2**63),
        earned(plugin, level="li.mei@example.com"),
        earned(plugin, level="李梅"),
        earned(plugin, level="13812345678"),
        earned(plugin, first=1),
        earned(plugin, order_id="7"),
        earned(plugin, at=datetime(2026, 1, 1)),  # noqa: DTZ001 -- the fault
        earned(plugin, at=now - timedelta(days=2)),
        earned(plugin, at=now + timedelta(days=2)),
        object(),
    ]
    answers = [await publish(shop, each, f"k{number}") for number, each in enumerate(wrong)]
    assert [type(each) for each in answers] == [Invalid] * len(wrong)
    assert await publish(shop, earned(plugin, level=""), "k99") is None
    assert len(await shop.outbox().claim(now + timedelta(days=3), 99)) == 1


async def test_a_listener_changes_the_shop_once_although_it_fails_after_that(
    shop: Shop, plugin: ModuleType
) -> None:
    await stock_up(shop)
    access = plugin.KEPT[-1].shop

    async def hold_and_fail(event: Any, key: str) -> None:
        await access.order_actions.place_hold(event.order_id, REVIEW, key)
        if len(plugin.HANDLED) == 1:
            raise RuntimeError

    plugin.DO.append(hold_and_fail)
    placed = await place(shop)
    await deliver(shop)
    assert len(plugin.HANDLED) == 1
    await deliver(shop, TRY_AGAIN_AFTER[0] + timedelta(seconds=1))
    ((_, first), (_, second)) = plugin.HANDLED
    assert first == second
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    assert [each.move for each in order.history] == ["place", "hold"]


async def test_a_listener_that_fails_for_three_days_is_a_dead_delivery(
    shop: Shop, plugin: ModuleType
) -> None:
    async def fail(_event: Any, _key: str) -> None:
        raise RuntimeError

    plugin.DO.append(fail)
    await publish(shop, earned(plugin))
    await shop.relay_events().drain()
    days = 0
    while not (dead := await shop.deliveries().dead(9)) and days < 20:
        days += 1
        await deliver(shop, timedelta(days=days))
        shop.plugin_guards().of(NAME).breaker.succeeded()
    assert [(each.subscriber, each.last_error) for each in dead] == [
        ("bonus/points", "Unavailable")
    ]
    assert days == len(TRY_AGAIN_AFTER) + 1
    plugin.DO.clear()
    await shop.deliveries().retry_dead(datetime.now(UTC))
    await deliver(shop, timedelta(minutes=1))
    assert await shop.deliveries().dead(9) == ()
    keys = {key for _, key in plugin.HANDLED if key.endswith(":points")}
    assert len(keys) == 1


async def test_events_of_a_removed_plugin_wait_for_it(
    shop: Shop, plugin: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(shop, earned(plugin))
    with monkeypatch.context() as removed:
        removed.delitem(serialization.PLUGIN_KINDS, "bonus.points.earned")
        await deliver(shop)
        assert await shop.deliveries().dead(9) == ()
        assert plugin.HANDLED == []
        (stored,) = await shop.outbox().history(
            since=datetime.now(UTC) - timedelta(hours=1),
            until=datetime.now(UTC) + timedelta(hours=1),
            kinds=frozenset(),
            limit=9,
        )
        assert payload_of(stored.event)["points"] == "12"
    later = datetime.now(UTC) + timedelta(hours=2)
    await replace(shop.relay_events(), now=lambda: later).drain()
    await deliver(shop, timedelta(hours=2))
    assert len(plugin.HANDLED) == 2


def test_the_payload_of_an_unknown_type_is_not_lost() -> None:
    payload = {"at": "2026-01-01T00:00:00+00:00", "group": "7"}
    event = read_event("gone.group.formed", payload, datetime.now(UTC))
    assert payload_of(event) == payload
    assert "gone.group.formed" not in public_types()
