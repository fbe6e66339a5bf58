"""Requests refunds; `SendRefunds` sends them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.application.ledger.order_points import OrderPoints
from core.application.payments.locks import paid_order
from core.application.payments.outcomes import CAPTURABLE, begin_refund
from core.application.payments.refund_prices import price_of, refund_price
from core.application.retries import retrying
from core.domain.claims import OrderEnd
from core.domain.errors import IllegalTransition, Invalid, NotFound, RefundTooLarge
from core.domain.identifiers import LineKey, OrderId, RefundId, ReturnId
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.states import OrderState
from core.domain.payments.payment import CAPTURED, UNCAPTURED, Payment
from core.domain.payments.refund import Refund, RefundReason
from ports.clock import Clock, NewId, NewNumber
from ports.unit_of_work import UnitOfWork, UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundInput:
    """What to refund: units of order lines, the shipping price, or an amount.

    ``amount`` None means the price of the units, and of the shipping with ``shipping``. With
    units or shipping, ``amount`` is a lower price for them; alone, it touches no units.
    """

    reason: RefundReason
    actor: str
    quantities: Mapping[LineKey, int] | None = None
    shipping: bool = False
    amount: Money | None = None
    return_id: ReturnId | None = None

    def check(self, order: Order) -> None:
        """Raises `Invalid`, or `NotFound` for an unknown line."""
        for key, units in (self.quantities or {}).items():
            if not 1 <= units <= order.line(key).quantity:
                raise Invalid("quantity", "Choose items of this order.")

    def amount_of(self, price: Money) -> Money:
        """``price`` is that of the units and the shipping. Raises `Invalid`."""
        if self.amount is None:
            return price
        if self.amount > price and (self.quantities or self.shipping):
            raise Invalid("amount", "These items cost {price}. Enter no more.", price=price)
        return self.amount


@dataclass(frozen=True, slots=True)
class RequestRefund:
    """Store a refund; a worker sends it. Refunds never exceed what was paid for the order.

    Units that are not shipped yet are not sent any more: the refund takes them first, and their
    stock is released. When everything is paid back, the rest of the order is not sent either.
    A refund of an exchange goes to the payment of the original order. Units that were free, such
    as a gift, are counted as refunded, but there is no refund: the result is None.

    Raises:
        Invalid: a quantity is not in the order, or the shipping price is refunded already.
        IllegalTransition: the payment is authorized only, or instalments are left to pay: cancel
            the order instead.
        NotFound: nothing is paid.
        RefundTooLarge: less is left of what was paid for the order, or a unit is refunded already.
    """

    units: UnitsOfWork
    now: Clock
    new_id: NewId
    new_number: NewNumber
    order_points: OrderPoints

    async def __call__(self, order_id: OrderId, details: RefundInput) -> Refund | None:
        async def once() -> Refund | None:
            async with self.units() as unit:
                order = await unit.orders.get_for_update(order_id)
                refund = await self.request_in(unit, order, details)
                if refund is not None:
                    unit.record_made(refund.reference)
                await unit.commit()
            return refund

        return await retrying(once)

    async def request_in(
        self, unit: UnitOfWork, order: Order, details: RefundInput
    ) -> Refund | None:
        """Do the same in the caller's unit of work, with the order locked. Saves the order."""
        details.check(order)
        paid = await paid_order(unit, order)
        payments = await unit.payments.list(paid.id)
        captured = [each for each in payments if each.state in CAPTURED]
        if not captured and paid.total.minor:
            for authorized in (each for each in payments if each.state in UNCAPTURED):
                raise IllegalTransition("payment", authorized.state, "refund")
            raise NotFound("payment", order.number)
        if order.state is OrderState.PLACED:
            raise IllegalTransition("order", order.state, "refund")
        quantities = dict(details.quantities or {})
        goods = await self._reserve(unit, order, quantities, details.reason)
        price = goods + await self._reserve_shipping(unit, order, wanted=details.shipping)
        amount, refund = details.amount_of(price), None
        if order.pricing.frozen and quantities:
            order.pricing = order.pricing.with_refund(min(goods, amount))
            await unit.orders.save(order)
        if price.minor or not quantities:
            payment = await self._payment_with(unit, captured, paid.id, amount)
            refund = self._refund(order, paid, payment, amount, details)
            await begin_refund(unit, refund, payment)
        everything = bool(captured) and not await self._is_left(unit, captured, paid.id)
        rest = await self._cancel_units(
            unit, order, quantities, details.actor, everything=everything
        )
        if order.state is OrderState.CANCELLED:
            await unit.claims.release(order.id, OrderEnd.CANCELLED)
        elif everything:
            await unit.claims.release(order.id, OrderEnd.REFUNDED_IN_FULL)
        await self.order_points.give_back(unit, order, Counter(quantities) + Counter(rest))
        return refund

    async def refund_all_in(
        self, unit: UnitOfWork, order: Order, details: RefundInput
    ) -> tuple[Refund, ...]:
        """Refund the rest of the order's share of every payment, and release the authorized ones.

        Of an exchange, refund the price of its units to the payment of the original order.
        """
        paid = await paid_order(unit, order)
        rest = {
            line.key: line.quantity - order.refunded.get(line.key, 0)
            for line in order.lines
            if line.quantity > order.refunded.get(line.key, 0)
        }
        due = None if paid is order else price_of(order, rest, order.refunded)
        refunds: list[Refund] = []
        for payment in await unit.payments.list(paid.id):
            if payment.state in CAPTURABLE and paid is order:
                authorized = await unit.payments.get_for_update(payment.id)
                authorized.release_share(order.id, self.now())
                await unit.payments.save(authorized)
            if payment.state not in CAPTURED:
                continue
            locked = await unit.payments.get_for_update(payment.id)
            amount = await unit.refunds.refundable(locked, paid.id)
            if due is not None:
                amount = min(amount, due)
                due -= amount
            if amount.minor > 0:
                refund = self._refund(order, paid, locked, amount, details)
                await begin_refund(unit, refund, locked)
                refunds.append(refund)
        if refunds:
            await unit.refunds.reserve_units(order.id, rest)
            await self._reserve_shipping(unit, order, wanted=not order.shipping_refunded)
        return tuple(refunds)

    async def _reserve(
        self,
        unit: UnitOfWork,
        order: Order,
        quantities: Mapping[LineKey, int],
        reason: RefundReason,
    ) -> Money:
        """Returns the price of the units."""
        refunded = await unit.refunds.reserve_units(order.id, quantities)
        before = {**order.refunded, **refunded}
        return refund_price(order, quantities, before, reason).amount

    async def _reserve_shipping(self, unit: UnitOfWork, order: Order, *, wanted: bool) -> Money:
        """Returns the price of the shipping."""
        if not wanted:
            return Money.zero(order.currency)
        await unit.refunds.reserve_shipping(order.id)
        return order.shipping.paid

    async def _payment_with(
        self, unit: UnitOfWork, captured: Sequence[Payment], paid: OrderId, amount: Money
    ) -> Payment:
        """The first payment that has the amount left of the order's share, locked."""
        largest = Money.zero(amount.currency)
        for each in captured:
            payment = await unit.payments.get_for_update(each.id)
            left = await unit.refunds.refundable(payment, paid)
            if amount <= left:
                return payment
            largest = max(largest, left)
        raise RefundTooLarge(largest)

    async def _cancel_units(
        self,
        unit: UnitOfWork,
        order: Order,
        quantities: Mapping[LineKey, int],
        actor: str,
        *,
        everything: bool,
    ) -> Mapping[LineKey, int]:
        """Refunded units that are not shipped are not sent any more, and their stock is free.

        With ``everything``, nor is the rest of the order: its money is paid back. Returns the
        units of that rest.
        """
        unshipped = order.unshipped if order.state is OrderState.PAID else {}
        rest: dict[LineKey, int] = {}
        cancelled = {
            key: min(units, unshipped[key]) for key, units in quantities.items() if key in unshipped
        }
        if everything and cancelled != unshipped:
            rest = dict(Counter(unshipped) - Counter(cancelled))
            await unit.refunds.reserve_units(order.id, rest)
            cancelled = dict(unshipped)
        if not cancelled:
            return rest
        order.cancel_units(cancelled, self.now(), actor)
        await unit.orders.save(order)
        await unit.stock.release_units(order.id, order.by_sku(cancelled))
        return rest

    async def _is_left(self, unit: UnitOfWork, captured: Sequence[Payment], paid: OrderId) -> bool:
        for each in captured:
            if (await unit.refunds.refundable(each, paid)).minor:
                return True
        return False

    def _refund(
        self, order: Order, paid: Order, payment: Payment, amount: Money, details: RefundInput
    ) -> Refund:
        share = payment.share_of(paid.id)
        return Refund(
            id=RefundId(self.new_id()),
            payment_id=payment.id,
            order_id=order.id,
            paid_order_id=paid.id,
            gateway=payment.gateway,
            reference=self.new_number(),
            amount=amount,
            reason=details.reason,
            requested_at=self.now(),
            actor=details.actor,
            quantities=dict(details.quantities or {}),
            return_id=details.return_id,
            instalment=share.instalment if share else "",
        )
