"""Concurrent payments, cancellations and refunds of a purchase, and the guards they need."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import pytest

from adapters.database.payments.refunds import SqlRefunds
from core.application.orders.checkout import PlacedOrder
from core.domain.errors import DomainError
from core.domain.orders.states import OrderStage
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from tests.application.test_guards import Guards, concurrently
from tests.application.test_purchases import payments_of, refunds_of, two_orders, two_paid_orders
from tests.application.test_returns import GOODWILL
from tests.bank import BACK, Bank, notification, place, state_of
from tests.conftest import ON_POSTGRESQL
from tests.factories import stock_up, yuan
from tests.invariants import violations

pytestmark = pytest.mark.anyio

on_postgresql = pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True)


@pytest.fixture
def guards(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Guards:
    guards = Guards(shop, monkeypatch)
    guards.commit_together()
    return guards


async def at_once(*acts: Awaitable[Any]) -> list[Any]:
    """Run the acts concurrently. Returns the domain errors of those that were refused."""
    results = await asyncio.gather(*acts, return_exceptions=True)
    errors = [each for each in results if isinstance(each, BaseException)]
    assert [each for each in errors if not isinstance(each, DomainError)] == []
    return errors


async def two_gateways(shop: Shop, bank: Bank, one: PlacedOrder, two: PlacedOrder) -> Bank:
    """Both orders of a purchase, with an open payment of all at each of two gateways."""
    second = Bank()
    shop.gateways().by_code["second"] = second  # type: ignore[index]
    await shop.start_payment()(one.id, BACK)
    await shop.start_payment()(two.id, replace(BACK, gateway="second"))
    bank.known = second.known = GatewayStatus.PAID
    return second


async def pay_at_both(shop: Shop, bank: Bank, second: Bank) -> None:
    receive = shop.receive_notification()
    await at_once(
        receive("bank", notification(bank.asked[-1].reference, "n1")),
        receive("second", notification(second.asked[-1].reference, "n2")),
    )


async def test_two_payments_of_one_purchase_pay_it_once(shop: Shop, bank: Bank) -> None:
    one, two = await two_orders(shop)
    await pay_at_both(shop, bank, await two_gateways(shop, bank, one, two))
    for placed in (one, two):
        assert await state_of(shop, placed) is OrderStage.PAID
        assert [reason for _, reason in await refunds_of(shop, placed)] == ["paid_twice"]
    assert await violations(shop.database()) == []


@on_postgresql
async def test_without_locks_and_versions_two_payments_pay_twice(
    shop: Shop, bank: Bank, guards: Guards
) -> None:
    one, two = await two_orders(shop)
    second = await two_gateways(shop, bank, one, two)
    guards.unlock()
    guards.ignore_versions()
    await pay_at_both(shop, bank, second)
    assert await violations(shop.database()) != []


async def test_a_payment_and_the_cancellation_of_one_of_its_orders(shop: Shop, bank: Bank) -> None:
    one, two = await two_orders(shop)
    await shop.start_payment()(two.id, BACK)
    bank.known = GatewayStatus.PAID
    await at_once(
        shop.receive_notification()("bank", notification(bank.asked[-1].reference)),
        shop.cancel_order()(one.id, "customer"),
    )
    assert await state_of(shop, two) is OrderStage.PAID
    returned = [amount for amount, _ in await refunds_of(shop, one)]
    cancelled = await state_of(shop, one) is OrderStage.CANCELLED
    assert returned == ([yuan(168)] if cancelled else [])
    assert await violations(shop.database()) == []


@on_postgresql
async def test_without_locks_and_versions_a_cancelled_order_is_paid(
    shop: Shop, bank: Bank, guards: Guards
) -> None:
    one, two = await two_orders(shop)
    await shop.start_payment()(two.id, BACK)
    (payment,) = await payments_of(shop, two)
    assert await shop.close_payment()(payment)
    bank.known = GatewayStatus.PAID
    guards.unlock()
    guards.ignore_versions()
    await at_once(
        shop.receive_notification()("bank", notification(bank.asked[-1].reference)),
        shop.cancel_order()(one.id, "customer"),
    )
    assert await violations(shop.database()) != []


async def test_refunds_at_once_never_exceed_the_share(shop: Shop, bank: Bank) -> None:
    one, _two = await two_paid_orders(shop, bank)
    third = replace(GOODWILL, amount=yuan(56))
    refused = await at_once(*(shop.request_refund()(one.id, third) for _ in range(8)))
    assert len(refused) == 5
    assert await violations(shop.database()) == []


@on_postgresql
async def test_the_share_is_checked_under_the_lock_of_the_payment(
    shop: Shop, bank: Bank, guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _two = await two_paid_orders(shop, bank)
    third = replace(GOODWILL, amount=yuan(56))
    guards.unlock()
    guards.ignore_versions()
    assert await concurrently(lambda _: shop.request_refund()(one.id, third)) <= 3
    assert await violations(shop.database()) == []

    async def all_of_it(*_: object) -> None:
        return None

    monkeypatch.setattr(SqlRefunds, "_left_of_share", all_of_it)
    assert await concurrently(lambda _: shop.request_refund()(one.id, third)) > 0
    found = await violations(shop.database())
    assert any("taken of a share" in each for each in found), found


async def combine_and_pay(shop: Shop, one: PlacedOrder, two: PlacedOrder) -> None:
    await at_once(
        shop.combine_orders()([one.id, two.id]),
        shop.start_payment()(one.id, BACK),
        shop.start_payment()(two.id, BACK),
    )


async def test_orders_are_combined_or_paid_alone(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    one, two = await place(shop, "one"), await place(shop, "two")
    await combine_and_pay(shop, one, two)
    assert {each.amount for each in bank.asked} in ({yuan(168)}, {yuan(336)})
    assert await violations(shop.database()) == []


@on_postgresql
async def test_without_locks_and_versions_orders_are_combined_and_paid_alone(
    shop: Shop, bank: Bank, guards: Guards
) -> None:
    await stock_up(shop)
    one, two = await place(shop, "one"), await place(shop, "two")
    guards.unlock()
    guards.ignore_versions()
    await combine_and_pay(shop, one, two)
    assert {each.amount for each in bank.asked} == {yuan(168)}
    assert await violations(shop.database()) != []
