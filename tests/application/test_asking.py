"""Order pages ask a gateway rarely: once in an interval for each payment, and all at once."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, update

from adapters.database.tables.payments import payments
from core.application.orders.checkout import PlacedOrder
from core.domain.errors import Invalid
from core.domain.orders.states import OrderStage
from core.domain.payments.payment import ASK_INTERVAL
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayPayment, GatewayStatus, PaymentReference
from tests.bank import BACK, CHINA, Bank, place, state_of
from tests.factories import stock_up

pytestmark = pytest.mark.anyio

PAGES = 12
DEADLINE = 30


class AskedBank(Bank):
    """Counts its queries. With a barrier, a query is answered when all others have come."""

    def __init__(self, code: str = "bank") -> None:
        super().__init__()
        self.code = code
        self.queries = 0
        self.barrier: asyncio.Barrier | None = None

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        self.queries += 1
        if self.barrier is not None:
            await self.barrier.wait()
        return await super().query(payment)


@pytest.fixture
def banks(shop: Shop) -> list[AskedBank]:
    banks = [AskedBank("bank"), AskedBank("other")]
    shop.gateways().by_code.update({each.code: each for each in banks})  # type: ignore[attr-defined]
    return banks


async def begun(shop: Shop, *gateways: str) -> PlacedOrder:
    await stock_up(shop)
    placed = await place(shop)
    for gateway in gateways:
        await shop.start_payment()(placed.id, replace(BACK, gateway=gateway))
    return placed


async def open_pages(shop: Shop, placed: PlacedOrder, after: timedelta = timedelta()) -> None:
    now = datetime.now(UTC) + after
    check = replace(shop.check_payments(), now=lambda: now)
    await asyncio.gather(*(check(placed.id) for _ in range(PAGES)))


async def test_many_pages_ask_once_in_an_interval(shop: Shop, banks: list[AskedBank]) -> None:
    placed = await begun(shop, "bank")
    await open_pages(shop, placed)
    await open_pages(shop, placed)
    assert banks[0].queries == 1
    await open_pages(shop, placed, after=ASK_INTERVAL)
    assert banks[0].queries == 2


@pytest.mark.own_database
async def test_without_the_claim_each_page_asks(
    shop: Shop, banks: list[AskedBank], monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = await begun(shop, "bank")
    lax = (
        update(payments)
        .where(payments.c.purchase_id == bindparam("of_order"))
        .values(asked_at=bindparam("now"))
        .returning(payments)
    )
    monkeypatch.setattr("adapters.database.payments.payments.CLAIM_QUESTIONS", lax)
    await open_pages(shop, placed)
    assert banks[0].queries > 1


async def test_all_payments_are_asked_about_at_once(shop: Shop, banks: list[AskedBank]) -> None:
    placed = await begun(shop, "bank", "other")
    barrier = asyncio.Barrier(2)
    for bank in banks:
        bank.barrier = barrier
    banks[1].known = GatewayStatus.PAID
    async with asyncio.timeout(DEADLINE):
        await shop.check_payments()(placed.id)
    assert [bank.queries for bank in banks] == [1, 1]
    assert await state_of(shop, placed) is OrderStage.PAID


async def test_a_future_day_is_not_reconciled(shop: Shop, bank: Bank) -> None:  # noqa: ARG001
    tomorrow = datetime.now(CHINA).date() + timedelta(days=1)
    with pytest.raises(Invalid, match="future"):
        await shop.reconcile()("bank", tomorrow)
