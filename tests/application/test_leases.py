"""A worker claims no more than it can do within the lease; old rows go in batches."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from adapters.database import statements
from adapters.database.tables.payments import refunds
from core.application.carts.ownership import CartOwner
from core.application.leases import CLAIMED_AT_ONCE
from core.application.payments.refunds import RefundInput
from core.domain.money import Money
from core.domain.payments.refund import RefundReason
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from ports.payments.refunds import GatewayRefund, RefundRequest
from tests.bank import BACK, SMALL, Bank, notification, place
from tests.factories import stock_up

pytestmark = pytest.mark.anyio

REFUNDS = CLAIMED_AT_ONCE + 4
A_FEN = RefundInput(reason=RefundReason.GOODWILL, actor="staff", amount=Money(1, "CNY"))


class SlowBank(Bank):
    """Answers refunds only when as many as one claim has are in progress."""

    def __init__(self) -> None:
        super().__init__()
        self.all_in_progress = asyncio.Event()
        self.in_progress = 0
        self.answers = asyncio.Event()

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        self.in_progress += 1
        if self.in_progress == CLAIMED_AT_ONCE:
            self.all_in_progress.set()
        await self.answers.wait()
        return await super().refund(request)


async def unclaimed(shop: Shop) -> int:
    async with shop.database().reads.connect() as connection:
        due = select(func.count()).where(refunds.c.check_at <= datetime.now(UTC))
        return int(await connection.scalar(due) or 0)


async def test_refunds_are_sent_at_once_and_the_rest_is_left_to_other_workers(shop: Shop) -> None:
    await stock_up(shop)
    bank = SlowBank()
    shop.gateways().by_code["bank"] = bank  # type: ignore[index]
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    for _ in range(REFUNDS):
        await shop.request_refund()(placed.id, A_FEN)

    sending = asyncio.create_task(shop.send_refunds()())
    await asyncio.wait_for(bank.all_in_progress.wait(), 60)
    assert await unclaimed(shop) == REFUNDS - CLAIMED_AT_ONCE
    bank.answers.set()
    assert await sending == REFUNDS
    assert len(bank.given_back) == REFUNDS


async def test_old_carts_are_purged_in_batches(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await stock_up(shop)
    for number in range(5):
        await shop.add_to_cart()(CartOwner(token=f"cart {number}"), SMALL, 1)
    monkeypatch.setattr(statements, "PURGED_AT_ONCE", 2)
    in_a_year = datetime.now(UTC) + timedelta(days=365)
    assert await replace(shop.purge_carts(), now=lambda: in_a_year)() == 5
