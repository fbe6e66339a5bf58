"""Random walks of buyers, staff and a moody bank. Every walk can be brought to an end.

The walks begin with paid orders, so that few steps get far.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from core.application.payments.refunds import RefundInput
from core.domain.errors import DomainError
from core.domain.identifiers import LineKey, LocationCode, OrderId
from core.domain.money import Money
from core.domain.orders.states import OrderStage
from core.domain.payments.refund import NEEDS_ACTION, Refund, RefundReason
from core.domain.returns import Remedy, ReturnInput, ReturnReason, ReturnState
from entrepot.assembly.shop import Shop
from ports.errors import FundsMissing, Misconfigured, PortError, Rejected, Unavailable
from ports.payments.refunds import GatewayRefundStatus
from tests.application.test_failed_refunds import MoodyBank, notified
from tests.application.test_returns import buy
from tests.application.test_returns import ship_and_deliver as ship_and_deliver_all
from tests.bank import PARCEL, SMALL
from tests.factories import stock_up
from tests.gifts import BOUGHT, GIFT, paid_order_with_gift
from tests.invariants import violations

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

STEPS = 45
MOODS: tuple[PortError | GatewayRefundStatus | None, ...] = (
    None,
    None,
    Rejected("no"),
    Misconfigured("wrong key"),
    FundsMissing(),
    Unavailable(),
    GatewayRefundStatus.PENDING,
    GatewayRefundStatus.ABNORMAL,
    GatewayRefundStatus.FAILED,
)


@dataclass
class Walk:
    shop: Shop
    bank: MoodyBank
    random: Random
    orders: list[tuple[OrderId, str]]
    hours: int = 0

    async def do(self, work: Awaitable[Any]) -> Any:
        """A step may be refused."""
        try:
            return await work
        except (DomainError, PortError):
            return None

    async def step(self) -> None:
        acts: tuple[Callable[[OrderId], Awaitable[Any]], ...] = (
            self.refund_units,
            self.refund_amount,
            self.ship,
            self.ship,
            self.deliver,
            self.cancel,
            self.request_return,
            self.request_return,
            self.handle_return,
            self.handle_return,
            self.handle_return,
            self.repair,
            self.repair,
            self.send,
            self.send,
        )
        order_id, _ = self.random.choice(self.orders)
        await self.random.choice(acts)(order_id)

    def line(self) -> LineKey:
        """An order without a gift refuses the line of the gift."""
        return self.random.choice((BOUGHT, BOUGHT, GIFT))

    async def refund_units(self, order_id: OrderId) -> None:
        details = RefundInput(
            reason=RefundReason.GOODWILL,
            actor="staff",
            quantities={self.line(): self.random.choice((1, 1, 2, 3))},
            shipping=self.random.random() < 0.2,
        )
        await self.do(self.shop.request_refund()(order_id, details))

    async def refund_amount(self, order_id: OrderId) -> None:
        async with self.shop.units()() as unit:
            payments = await unit.payments.list(order_id)
            left = [await unit.refunds.refundable(each, order_id) for each in payments]
        most = max((each.minor for each in left), default=0)
        amount = Money(self.random.choice((most, most // 4, 100, 100)) or 1, "CNY")
        details = RefundInput(reason=RefundReason.GOODWILL, actor="staff", amount=amount)
        await self.do(self.shop.request_refund()(order_id, details))

    async def ship(self, order_id: OrderId) -> None:
        some = {self.line(): self.random.randint(1, 2)} if self.random.random() < 0.5 else None
        await self.do(self.shop.ship_order()(order_id, replace(PARCEL, quantities=some), "staff"))

    async def deliver(self, order_id: OrderId) -> None:
        await self.do(self.shop.deliver_order()(order_id, "carrier"))

    async def cancel(self, order_id: OrderId) -> None:
        if self.random.random() < 0.3:
            await self.do(self.shop.cancel_order()(order_id, "customer"))

    async def request_return(self, order_id: OrderId) -> None:
        details = ReturnInput(
            quantities={self.line(): self.random.choice((1, 1, 2))},
            reason=ReturnReason.DAMAGED,
            remedy=Remedy.REFUND,
        )
        if await self.do(self.shop.request_return()(order_id, details)):
            await self.handle_return(order_id)

    async def handle_return(self, order_id: OrderId) -> None:
        handle = self.shop.handle_return()
        for each in await self.shop.order_queries().returns(order_id):
            match each.state:
                case ReturnState.REQUESTED:
                    await self.do(handle.approve(each.id))
                case ReturnState.APPROVED:
                    await self.do(handle.receive(each.id, ""))
                case ReturnState.RECEIVED:
                    restock = self.random.random() < 0.5
                    await self.do(handle.inspect(each.id, each.quantities, restock=restock))
                case ReturnState.INSPECTED:
                    await self.end_return(each.id)

    async def end_return(self, return_id: Any) -> None:
        if self.random.random() < 0.5:
            await self.do(self.shop.refund_return()(return_id, "staff"))
        elif number := await self.do(self.shop.exchange_return()(return_id)):
            order = await self.shop.order_queries().find(number)
            assert order is not None
            self.orders.append((order.id, number))

    async def repair(self, order_id: OrderId) -> None:
        for each in await self.shop.order_queries().refunds(order_id):
            await self._repair(order_id, each)

    async def _repair(self, order_id: OrderId, refund: Refund) -> None:
        match self.random.randint(0, 3):
            case 0:
                await self.do(self.shop.retry_refund()(order_id, refund.reference))
            case 1:
                await self.do(self.shop.replace_refund()(order_id, refund.reference))
            case 2 if refund.tries:
                self.bank.given_back[refund.reference] = refund.amount
                await notified(self.shop, self.bank, refund, payment_reference="")

    async def send(self, _order_id: OrderId) -> None:
        self.bank.mood = self.random.choice(MOODS)
        await self.work()

    async def work(self) -> None:
        self.hours += 7
        later = datetime.now(UTC) + timedelta(hours=self.hours)
        await replace(self.shop.send_refunds(), now=lambda: later)()

    async def finish(self) -> None:
        """Staff finish everything, and the bank is in a good mood."""
        self.bank.mood = None
        for order_id, _ in self.orders:
            await self.do(self.shop.ship_order()(order_id, PARCEL, "staff"))
            await self.deliver(order_id)
            for _ in range(4):
                await self.handle_return(order_id)
            for each in await self.shop.order_queries().returns(order_id):
                await self.do(self.shop.handle_return().reject(each.id, "It is refunded."))
            for refund in await self.shop.order_queries().refunds(order_id):
                if refund.state in NEEDS_ACTION:
                    await self.do(self.shop.retry_refund()(order_id, refund.reference))


@pytest.mark.parametrize("seed", range(8))
async def test_a_walk_keeps_the_invariants_and_comes_to_an_end(shop: Shop, seed: int) -> None:
    bank = MoodyBank()
    shop.gateways().by_code["bank"] = bank  # type: ignore[index]
    await stock_up(shop)
    await shop.count_stock()(SMALL, LocationCode("main"), 20)
    bought = [await buy(shop, bank, f"cart-{number}", number % 3 + 1) for number in range(4)]
    gifts = [await paid_order_with_gift(shop, bank, str(10**15 + each)) for each in range(2)]
    placed = [gifts[0], *bought, gifts[1]]
    for each in placed[3:]:
        await ship_and_deliver_all(shop, each)
    random = Random(seed)  # noqa: S311 -- the same walk each time
    walk = Walk(shop, bank, random, [(each.id, each.number) for each in placed])
    for step in range(STEPS):
        await walk.step()
        assert await violations(shop.database()) == [], step
    for _ in range(3):
        await walk.finish()
        await walk.work()
    assert await violations(shop.database()) == []
    for order_id, number in walk.orders:
        order = await shop.order_queries().find(number)
        assert order is not None
        assert order.stage in {OrderStage.CANCELLED, OrderStage.DELIVERED}
        refunds = await shop.order_queries().refunds(order_id)
        assert {each.state for each in refunds} <= {"succeeded", "replaced"}
        returns = await shop.order_queries().returns(order_id)
        assert {each.state for each in returns} <= {"refunded", "exchanged", "rejected"}
    assert sum(each.minor for each in bank.given_back.values()) <= sum(
        each.amount.minor for each in bank.asked
    )
