"""Authorizations of the sandbox over HTTP: concurrent shipments and cancellations."""

import asyncio
from collections.abc import Mapping

import pytest

from core.domain.identifiers import OrderId
from core.domain.payments.payment import Payment
from tests.invariants import violations
from tests.polling import until
from tests.served.conftest import Farm, ordered, paid

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.own_database]

CONCURRENT = 8
PARCEL = {"carrier": "sf", "tracking_number": "SF1234567890"}


@pytest.fixture
def environment() -> Mapping[str, str]:
    return {"ENTREPOT_CAPTURE": "when_shipped"}


async def ended(farm: Farm, order_id: OrderId, ways: set[str]) -> Payment:
    """Wait until the payment of the order has one of these states."""

    async def payment() -> Payment:
        (only,) = await farm.shop.order_queries().payments(order_id)
        return only

    async def has_ended() -> bool:
        return (await payment()).state in ways

    await until(has_ended)
    return await payment()


async def test_concurrent_shipments_and_cancellations_capture_or_void_once(
    farm: Farm, staff: Mapping[str, str]
) -> None:
    bank = farm.bank()
    for number in range(5):
        async with farm.client(number) as client, farm.client(number + 1) as other:
            placed = await ordered(client, 2)
            assert await bank.notifier.deliver(await paid(client, bank, placed))
            address = f"/admin/orders/{placed['number']}"
            answers = await asyncio.gather(
                *(
                    each.post(f"{address}/{what}", json=body, headers=staff)
                    for each, (what, body) in zip(
                        [client, other] * CONCURRENT,
                        [("shipments", PARCEL), ("cancel", None)] * CONCURRENT,
                        strict=True,
                    )
                )
            )
            assert sum(answer.is_success for answer in answers) == 1
            order = await farm.shop.order_queries().find(placed["number"])
            assert order is not None
            ways = {"shipped": {"paid"}, "cancelled": {"voided", "refunded"}}[order.stage]
            payment = await ended(farm, order.id, ways)
            trade = bank.trades.find(payment.reference)
            assert trade is not None
            assert trade.captured == (0 if payment.state == "voided" else trade.amount)
    assert await violations(farm.shop.database()) == []
    await bank.aclose()
