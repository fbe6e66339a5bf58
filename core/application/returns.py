"""Returns: requested, approved, received, inspected, then refunded or exchanged."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.application.carts.reviews import NO_VERDICT, ReviewDraft, claims_for
from core.application.orders.claims import hold_claims
from core.application.orders.drafts import draft_of_exchange
from core.application.payments.refunds import RefundInput, RequestRefund
from core.application.retries import retrying
from core.domain.claims import person_of
from core.domain.errors import NotFound, ReturnRefused
from core.domain.identifiers import LineKey, LocationCode, OrderId, ReturnId
from core.domain.money import Money
from core.domain.orders.lines import OrderLine
from core.domain.orders.order import Order
from core.domain.payments.refund import RefundReason
from core.domain.pricing.paid_units import PaidUnits
from core.domain.return_policy import check_policy
from core.domain.returns import OPEN, Return, ReturnInput
from ports.clock import Clock, NewId, NewNumber
from ports.order_guards import Verdict
from ports.unit_of_work import RepeatableUnits, UnitOfWork, UnitsOfWork


@dataclass(frozen=True, slots=True)
class RequestReturn:
    """Request a return.

    Raises:
        ReturnRefused: names the rule of the return policy that forbids it.
    """

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
                requested = Return(
                    id=ReturnId(self.new_id()),
                    number=self.new_number(),
                    order_id=order.id,
                    quantities=dict(details.quantities),
                    reason=details.reason,
                    remedy=details.remedy,
                    requested_at=now,
                    note=details.note,
                )
                requested.requested()
                await unit.returns.save(requested)
                unit.record_made(requested.number)
                await unit.commit()
            return requested

        return await retrying(once)

    async def _check_units(
        self, unit: UnitOfWork, order: Order, wanted: Mapping[LineKey, int]
    ) -> None:
        """Each unit is returned once, and only if it is neither refunded nor exchanged.

        The row lock of the order makes the check safe.
        """
        returned = Counter(wanted) + Counter(order.refunded)
        if any(returned[key] > order.line(key).quantity for key in wanted):
            raise ReturnRefused("refunded_before")
        for earlier in await unit.returns.list(order.id):
            if earlier.state in OPEN:
                returned.update(
                    earlier.quantities if earlier.accepted is None else earlier.accepted
                )
        for key in wanted:
            if returned[key] > order.line(key).quantity:
                raise ReturnRefused("returned_before")


@dataclass(frozen=True, slots=True)
class HandleReturn:
    """The steps of a return: staff approve, reject, receive and inspect; the customer withdraws."""

    units: UnitsOfWork
    now: Clock
    location: LocationCode

    async def approve(self, return_id: ReturnId) -> None:
        await self._change(return_id, lambda return_, now: return_.approve(now))

    async def reject(self, return_id: ReturnId, answer: str) -> None:
        await self._change(return_id, lambda return_, now: return_.reject(answer, now))

    async def withdraw(self, return_id: ReturnId) -> None:
        await self._change(return_id, lambda return_, now: return_.withdraw(now))

    async def receive(self, return_id: ReturnId, tracking_number: str) -> None:
        await self._change(return_id, lambda return_, now: return_.receive(tracking_number, now))

    async def inspect(
        self, return_id: ReturnId, accepted: Mapping[LineKey, int], *, restock: bool
    ) -> None:
        """With ``restock``, accepted units go back on hand in the same transaction."""

        async def add_to_stock(unit: UnitOfWork, return_: Return) -> None:
            if return_.restocked:
                order = await unit.orders.get(return_.order_id)
                units = order.by_sku(return_.accepted or {})
                await unit.stock.restock(return_.id, self.location, units)

        await self._change(
            return_id,
            lambda return_, now: return_.inspect(accepted, now, restock=restock),
            add_to_stock,
        )

    async def _change(
        self,
        return_id: ReturnId,
        change: Callable[[Return, datetime], None],
        after_save: Callable[[UnitOfWork, Return], Awaitable[None]] | None = None,
    ) -> None:
        async def once() -> None:
            async with self.units() as unit:
                return_ = await unit.returns.get_for_update(return_id)
                change(return_, self.now())
                await unit.returns.save(return_)
                if after_save is not None:
                    await after_save(unit, return_)
                await unit.commit()

        await retrying(once)


async def _locked(unit: UnitOfWork, return_id: ReturnId) -> tuple[Order, Return]:
    """The order and its return, locked in the order of all use cases of payments."""
    found = await unit.returns.get(return_id)
    order = await unit.orders.get_for_update(found.order_id)
    return order, await unit.returns.get_for_update(return_id)


@dataclass(frozen=True, slots=True)
class RefundReturn:
    """Request a refund of the accepted units, of what they were paid with.

    The return is refunded once the refund has succeeded; at once if the units were free.
    """

    units: UnitsOfWork
    request_refund: RequestRefund
    now: Clock

    async def __call__(self, return_id: ReturnId, actor: str) -> None:
        async def once() -> None:
            async with self.units() as unit:
                order, return_ = await _locked(unit, return_id)
                return_.refund(self.now())
                details = RefundInput(
                    reason=RefundReason.RETURNED,
                    actor=actor,
                    quantities=return_.accepted,
                    return_id=return_.id,
                )
                if await self.request_refund.request_in(unit, order, details) is None:
                    return_.complete_refund(self.now())
                await unit.returns.save(return_)
                await unit.commit()

        await retrying(once)


@dataclass(frozen=True, slots=True)
class ExchangeReturn:
    """Place a free, paid order for the accepted units.

    Raises:
        OrderRefused, OrderNotReviewed: an order guard refuses it, or did not answer.
        OutOfStock: a SKU is not available any more.
        RefundTooLarge: the units were refunded meanwhile.
    """

    units: UnitsOfWork
    now: Clock
    new_id: NewId
    new_number: NewNumber
    review_draft: ReviewDraft

    async def __call__(self, return_id: ReturnId) -> str:
        """Returns the number of the new order."""

        async def once() -> str:
            verdict = await self._review(return_id)
            async with self.units() as unit:
                original, return_ = await _locked(unit, return_id)
                now = self.now()
                return_.exchange(now)
                refunded = await unit.refunds.reserve_units(original.id, return_.accepted or {})
                order = self._replacement(original, return_, refunded, now)
                for hold in verdict.holds:
                    order.place_hold(hold, now, "system")
                order.pay(now)
                units = order.by_sku(order.quantities)
                await unit.stock.reserve(order.id, units, now, order.region)
                await unit.stock.allocate(order.id)
                await unit.orders.save(order)
                await unit.returns.save(return_)
                person = person_of(order.customer_id, order.contact)
                await hold_claims(unit, order, claims_for(verdict, person))
                await unit.commit()
            return order.number

        return await retrying(once)

    async def _review(self, return_id: ReturnId) -> Verdict:
        """What order guards say to the order, before its transaction."""
        if not self.review_draft.is_used:
            return NO_VERDICT
        async with self.units() as unit:
            return_ = await unit.returns.get(return_id)
            original = await unit.orders.get(return_.order_id)
        now = self.now()
        return_.exchange(now)
        refunded = dict.fromkeys(return_.accepted or {}, 0)
        return await self.review_draft(
            draft_of_exchange(self._replacement(original, return_, refunded, now))
        )

    def _replacement(
        self, original: Order, return_: Return, refunded: Mapping[LineKey, int], now: datetime
    ) -> Order:
        """``refunded`` are the units of the original order that were refunded before."""
        free = Money.zero(original.currency)
        order = Order(
            id=OrderId(self.new_id()),
            number=self.new_number(),
            checkout_key=f"exchange-{return_.id}",
            contact=original.contact,
            address=original.address,
            lines=tuple(
                _free_line(original.line(key), units, refunded[key])
                for key, units in (return_.accepted or {}).items()
            ),
            shipping=replace(original.shipping, price=free, adjustments=(), taxes=()),
            language=original.language,
            placed_at=now,
            pay_before=now,
            customer_id=original.customer_id,
            replaces=original.id,
            fields=original.fields,
        )
        order.placed()
        return order


def _free_line(line: OrderLine, units: int, refunded: int) -> OrderLine:
    return replace(
        line,
        quantity=units,
        unit_price=Money.zero(line.unit_price.currency),
        paid_units=PaidUnits(((units, 0),)),
        adjustments=(),
        taxes=(),
        exchanged_units=line.refundable_units.part(skip=refunded, count=units),
    )


@dataclass(frozen=True, slots=True)
class FindReturn:
    """Find a return by its number. Raises `NotFound`, also if it belongs to another order."""

    units: RepeatableUnits

    async def __call__(self, order_id: OrderId, number: str) -> Return:
        async with self.units() as unit:
            return_ = await unit.returns.find(number)
        if return_ is None or return_.order_id != order_id:
            raise NotFound("return", number)
        return return_
