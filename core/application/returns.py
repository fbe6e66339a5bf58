"""Goods on their way back: asked for, received, looked at, and paid back or exchanged."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.application.payments.refunds import RefundInput, RequestRefund
from core.application.retries import retrying
from core.domain.errors import NotFound, ReturnRefused
from core.domain.identifiers import LocationCode, OrderId, ReturnId, Sku
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.payments.refund import RefundReason
from core.domain.return_policy import check_policy
from core.domain.returns import CLOSED, Return, ReturnInput
from ports.clock import Clock, NewId, NewNumber
from ports.unit_of_work import UnitOfWork, UnitsOfWork


@dataclass(frozen=True, slots=True)
class RequestReturn:
    """Ask to send goods back. Raises `ReturnRefused` with the rule that stands against it."""

    units: UnitsOfWork
    now: Clock
    new_id: NewId
    new_number: NewNumber

    async def __call__(self, order_id: OrderId, details: ReturnInput) -> Return:
        async def once() -> Return:
            async with self.units() as unit:
                order = await unit.orders.get_for_update(order_id)
                now = self.now()
                check_policy(order, details, now)
                await self._check_units(unit, order, details.quantities)
                goods_back = Return(
                    id=ReturnId(self.new_id()),
                    number=self.new_number(),
                    order_id=order.id,
                    quantities=dict(details.quantities),
                    reason=details.reason,
                    remedy=details.remedy,
                    requested_at=now,
                    note=details.note,
                )
                goods_back.requested()
                await unit.returns.save(goods_back)
                await unit.commit()
            return goods_back

        return await retrying(once)

    async def _check_units(self, unit: UnitOfWork, order: Order, wanted: Mapping[Sku, int]) -> None:
        """The order is claimed: two wishes for the same units come one after the other."""
        sent = Counter(wanted)
        for known in await unit.returns.list(order.id):
            if known.state not in CLOSED:
                sent.update(known.quantities if known.accepted is None else known.accepted)
        for sku, units in sent.items():
            if units > order.line(sku).quantity:
                raise ReturnRefused("returned_before")


@dataclass(frozen=True, slots=True)
class HandleReturn:
    """The steps of the back office, and the customer's own: approve to inspect, or withdraw."""

    units: UnitsOfWork
    now: Clock
    location: LocationCode

    async def approve(self, return_id: ReturnId) -> None:
        await self._change(return_id, lambda goods_back, now: goods_back.approve(now))

    async def reject(self, return_id: ReturnId, answer: str) -> None:
        await self._change(return_id, lambda goods_back, now: goods_back.reject(answer, now))

    async def withdraw(self, return_id: ReturnId) -> None:
        await self._change(return_id, lambda goods_back, now: goods_back.withdraw(now))

    async def receive(self, return_id: ReturnId, tracking_number: str) -> None:
        await self._change(
            return_id, lambda goods_back, now: goods_back.receive(tracking_number, now)
        )

    async def inspect(
        self, return_id: ReturnId, accepted: Mapping[Sku, int], *, restock: bool
    ) -> None:
        """What can be sold again goes back on hand, in the same transaction."""

        async def put_away(unit: UnitOfWork, goods_back: Return) -> None:
            if goods_back.restocked:
                await unit.stock.restock(goods_back.id, self.location, goods_back.accepted or {})

        await self._change(
            return_id,
            lambda goods_back, now: goods_back.inspect(accepted, now, restock=restock),
            put_away,
        )

    async def _change(
        self,
        return_id: ReturnId,
        change: Callable[[Return, datetime], None],
        then: Callable[[UnitOfWork, Return], Awaitable[None]] | None = None,
    ) -> None:
        async def once() -> None:
            async with self.units() as unit:
                goods_back = await unit.returns.get_for_update(return_id)
                change(goods_back, self.now())
                await unit.returns.save(goods_back)
                if then is not None:
                    await then(unit, goods_back)
                await unit.commit()

        await retrying(once)


@dataclass(frozen=True, slots=True)
class RefundReturn:
    """Pay back what passed the inspection, line by line."""

    units: UnitsOfWork
    request_refund: RequestRefund
    now: Clock

    async def __call__(self, return_id: ReturnId, actor: str) -> None:
        async def once() -> None:
            async with self.units() as unit:
                goods_back = await unit.returns.get_for_update(return_id)
                goods_back.refund(self.now())
                order = await unit.orders.get_for_update(goods_back.order_id)
                details = RefundInput(
                    reason=RefundReason.RETURNED,
                    actor=actor,
                    quantities=goods_back.accepted,
                    return_id=goods_back.id,
                )
                await self.request_refund.within(unit, order, details)
                await unit.returns.save(goods_back)
                await unit.commit()

        await retrying(once)


@dataclass(frozen=True, slots=True)
class ExchangeReturn:
    """Send the same goods again: a new order that is paid for already. Raises `OutOfStock`."""

    units: UnitsOfWork
    now: Clock
    new_id: NewId
    new_number: NewNumber

    async def __call__(self, return_id: ReturnId) -> str:
        """The number of the new order."""

        async def once() -> str:
            async with self.units() as unit:
                goods_back = await unit.returns.get_for_update(return_id)
                now = self.now()
                goods_back.exchange(now)
                replaced = await unit.orders.get_for_update(goods_back.order_id)
                order = self._replacement(replaced, goods_back, now)
                await unit.stock.reserve(order.id, order.quantities, now, order.region)
                await unit.stock.allocate(order.id)
                await unit.orders.save(order)
                await unit.returns.save(goods_back)
                await unit.commit()
            return order.number

        return await retrying(once)

    def _replacement(self, replaced: Order, goods_back: Return, now: datetime) -> Order:
        free = Money.zero(replaced.currency)
        order = Order(
            id=OrderId(self.new_id()),
            number=self.new_number(),
            checkout_key=f"exchange-{goods_back.id}",
            contact=replaced.contact,
            address=replaced.address,
            lines=tuple(
                replace(replaced.line(sku), quantity=units, unit_price=free)
                for sku, units in (goods_back.accepted or {}).items()
            ),
            shipping=replace(replaced.shipping, price=free),
            language=replaced.language,
            placed_at=now,
            pay_before=now,
            customer_id=replaced.customer_id,
            replaces=replaced.id,
        )
        order.placed()
        order.pay(now)
        return order


@dataclass(frozen=True, slots=True)
class FindReturn:
    """A return of an order, by its number."""

    units: UnitsOfWork

    async def __call__(self, order_id: OrderId, number: str) -> Return:
        async with self.units() as unit:
            found = await unit.returns.find(number)
        if found is None or found.order_id != order_id:
            raise NotFound("return", number)
        return found
