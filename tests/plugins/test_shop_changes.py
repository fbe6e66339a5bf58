"""Plugins change orders by `PluginContext.shop`: once for each key, and in the audit log."""

import zipfile
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from adapters.database.unit_of_work import SqlUnitOfWork
from adapters.plugins.shop import acts
from adapters.plugins.shop.acts import Act, fingerprint_of
from core.domain.errors import IllegalTransition, Invalid, KeyReused, NotFound, RefundTooLarge
from core.domain.identifiers import OrderId
from core.domain.orders.holds import Blocked, Hold, OrderHeld
from core.domain.orders.states import OrderStage
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from entrepot.shop import ShopParcel, ShopRefundInput
from ports.errors import Unavailable
from tests.bank import LINE, Bank, pay, place, state_of
from tests.conftest import ON_POSTGRESQL
from tests.factories import stock_up, yuan
from tests.plugins.shop_plugin import NAME, in_plugin
from tests.threads import in_threads

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("shop_plugin")]

REVIEW = Hold(code="review", blocks=frozenset({Blocked.SHIP}), reason=Text({"en": "Review"}))
PARCEL = ShopParcel(carrier="sf", tracking_number="SF1234567890")


async def change(shop: Shop, method: str, *arguments: Any, **named: Any) -> Any:
    """Call a method of `ShopOrderActions` in the plugin."""

    async def work(access: Any) -> Any:
        return await getattr(access.order_actions, method)(*arguments, **named)

    return await in_plugin(shop, work)


async def request(shop: Shop, *arguments: Any) -> Any:
    return await in_plugin(shop, lambda access: access.refunds.request(*arguments))


async def holds_of(shop: Shop, number: str) -> list[str]:
    order = await shop.order_queries().find(number)
    assert order is not None
    return [each.code for each in order.holds]


async def test_a_plugin_places_and_lifts_holds_of_its_own(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await pay(shop, bank, placed.id)
    await shop.place_hold()(placed.id, replace(REVIEW, code="fraud"), "staff:1")
    for _ in range(2):
        assert await change(shop, "place_hold", placed.id, REVIEW, "k1") is None
    assert await holds_of(shop, placed.number) == ["fraud", "helper.review"]
    other = replace(REVIEW, blocks=frozenset({Blocked.PAY_OUT}))
    assert isinstance(await change(shop, "place_hold", placed.id, other, "k1"), KeyReused)
    assert isinstance(await change(shop, "ship", placed.id, PARCEL, "k1"), OrderHeld)
    assert isinstance(await change(shop, "lift_hold", placed.id, "fraud", "k1"), NotFound)
    assert await change(shop, "lift_hold", placed.id, "helper.review", "k2") is None
    assert await holds_of(shop, placed.number) == ["fraud"]


async def test_a_plugin_ships_and_delivers_once(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop, quantity=2)
    await pay(shop, bank, placed.id)
    one = replace(PARCEL, quantities={LINE: 1})
    for _ in range(2):
        assert await change(shop, "ship", placed.id, one, "k1") is None
    assert await state_of(shop, placed) is OrderStage.PARTLY_SHIPPED
    assert await change(shop, "ship", placed.id, PARCEL, "k2") is None
    for _ in range(2):
        assert await change(shop, "deliver", placed.id, "k1") is None
    assert await state_of(shop, placed) is OrderStage.DELIVERED
    assert isinstance(await change(shop, "deliver", placed.id, "k2"), IllegalTransition)


async def test_a_plugin_cancels_once_and_its_name_is_in_the_history(shop: Shop) -> None:
    await stock_up(shop)
    placed = await place(shop)
    for _ in range(2):
        assert await change(shop, "cancel", placed.id, "k1") is None
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    assert (order.stage, order.history[-1].actor) == (OrderStage.CANCELLED, "plugin:helper")
    assert isinstance(await change(shop, "cancel", placed.id, "k2"), IllegalTransition)
    assert isinstance(await change(shop, "cancel", OrderId(uuid4()), "k3"), NotFound)
    assert isinstance(await change(shop, "cancel", placed.id, "no key"), Invalid)


async def test_a_refund_with_one_key_is_made_once(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop, quantity=2)
    await pay(shop, bank, placed.id)
    details = ShopRefundInput(quantities={LINE: 1})
    first = await request(shop, placed.id, details, "k1")
    assert first == await request(shop, placed.id, details, "k1")
    assert (first.order_id, first.state) == (placed.id, "requested")
    assert await in_plugin(shop, lambda each: each.refunds.of_order(placed.id)) == (first,)
    await shop.send_refunds()()
    again = await request(shop, placed.id, details, "k1")
    assert (again.reference, again.state) == (first.reference, "succeeded")
    more = ShopRefundInput(amount=yuan(100_000))
    assert isinstance(await request(shop, placed.id, more, "k1"), KeyReused)
    assert isinstance(await request(shop, placed.id, more, "k2"), RefundTooLarge)


async def test_a_crash_between_the_commit_and_the_answer_repeats_nothing(
    shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await pay(shop, bank, placed.id)
    details = ShopRefundInput(amount=yuan(1))

    async def refunded(key: str) -> int:
        with monkeypatch.context() as patch:
            patch.setattr(SqlUnitOfWork, "commit", commit_and_crash)
            assert isinstance(await request(shop, placed.id, details, key), Unavailable)
        assert (await request(shop, placed.id, details, key)).amount == yuan(1)
        return len(await shop.order_queries().refunds(placed.id))

    assert await refunded("k1") == 1
    monkeypatch.setattr(acts, "claiming", lambda _claim: nullcontext())
    assert await refunded("k2") == 3


commit = SqlUnitOfWork.commit


async def commit_and_crash(unit: SqlUnitOfWork) -> None:
    await commit(unit)
    if unit._claim is not None or unit._made:
        raise RuntimeError("the process ends here")


async def refund_at_once(shop: Shop, bank: Bank) -> int:
    """Fifty calls with one key in five threads. Returns the number of refunds."""
    await stock_up(shop)
    placed = await place(shop)
    await pay(shop, bank, placed.id)

    async def ask(mine: Shop, _number: int) -> None:
        mine.gateways().by_code["bank"] = bank  # type: ignore[index]
        refunds = mine.shop_adapters()("refunds", NAME)
        await refunds.request(placed.id, ShopRefundInput(amount=yuan(1)), "one-key")

    assert await in_threads(shop, ask) == 50
    return len(await shop.order_queries().refunds(placed.id))


@pytest.mark.slow
@pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True)
async def test_fifty_calls_with_one_key_make_one_refund(shop: Shop, bank: Bank) -> None:
    assert await refund_at_once(shop, bank) == 1


@pytest.mark.slow
@pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True)
async def test_without_the_claim_one_key_makes_many_refunds(
    shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "claiming", lambda _claim: nullcontext())
    assert await refund_at_once(shop, bank) == 50


async def test_the_auditor_sees_what_a_plugin_did(shop: Shop, tmp_path: Path) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await change(shop, "cancel", placed.id, "k1")
    await change(shop, "cancel", placed.id, "k2")
    await in_plugin(shop, lambda access: access.orders.get(placed.id))
    await shop.relay_events().drain()
    await shop.vault().prepare()
    pack = await shop.write_evidence()(tmp_path)
    with zipfile.ZipFile(pack) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith("/access.jsonl"))
        lines = archive.read(name).decode().splitlines()
    did = [each for each in lines if '"plugin:helper"' in each]
    assert len(did) == 2
    assert all('"orders.cancel"' in each and str(placed.id) in each for each in did)


def test_the_fingerprint_does_not_depend_on_the_order_of_sets() -> None:
    both = [frozenset({Blocked.SHIP, Blocked.PAY_OUT}), frozenset({Blocked.PAY_OUT, Blocked.SHIP})]
    assert len({fingerprint_of(each) for each in both}) == 1
    assert len({fingerprint_of(each) for each in (1, "1", True, None, [1], {1: 1}, ("1",))}) == 7


def test_a_plugin_cannot_name_the_key_of_another_plugin() -> None:
    named = [
        Act(plugin=plugin, name=name, reference="", key="k", arguments=()).claim().scope
        for plugin, name in (("a", "orders.ship"), ("a orders", "ship"), ("a", "orders.cancel"))
    ]
    assert len(set(named)) == 3
