"""The conformance kit for stored payments, refunds, returns and the inbox, with races."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from core.domain.errors import AlreadyExists, Invalid, RefundTooLarge
from core.domain.identifiers import OrderId, PaymentId, RefundId, ReturnId
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.payments.ledger import balances
from core.domain.payments.payment import Payment, PaymentState
from core.domain.payments.refund import Refund, RefundReason, RefundState
from core.domain.payments.shares import Share
from core.domain.returns import Remedy, Return, ReturnReason, ReturnState
from entrepot.testing.storage.samples import GIFT, LINE, NOW, an_order, yuan
from ports.payments.inbox import InboxState
from ports.unit_of_work import UnitsOfWork


def a_payment(order: Order, reference: str = "R1") -> Payment:
    payment = Payment(
        id=PaymentId(uuid4()),
        purchase_id=order.purchase_id,
        shares=(Share(order_id=order.id, amount=order.total),),
        gateway="sandbox",
        account="us",
        reference=reference,
        amount=order.total,
        created_at=NOW,
        expires_at=NOW,
    )
    payment.submit(NOW)
    return payment


def order_of(payment: Payment) -> OrderId:
    """The order of the only share."""
    (share,) = payment.shares
    return share.order_id


def a_refund(
    payment: Payment, amount: Money, reference: str = "F1", of: OrderId | None = None
) -> Refund:
    """Of the order ``of``, or of the only one."""
    order_id = of or order_of(payment)
    refund = Refund(
        id=RefundId(uuid4()),
        payment_id=payment.id,
        order_id=order_id,
        paid_order_id=order_id,
        gateway=payment.gateway,
        reference=reference,
        amount=amount,
        reason=RefundReason.GOODWILL,
        requested_at=NOW,
        actor="staff",
        quantities={LINE: 1},
    )
    refund.requested()
    return refund


class MoneySuite:
    """Override the fixture ``units``."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def units(self) -> UnitsOfWork:
        raise NotImplementedError("Override the fixture `units`.")

    async def _paid(self, units: UnitsOfWork) -> tuple[Order, Payment]:
        order = an_order()
        payment = a_payment(order)
        payment.mark_paid("P1", NOW)
        async with units() as unit:
            await unit.orders.save(order)
            await unit.payments.save(payment)
            await unit.commit()
        return order, payment

    async def test_a_payment_comes_back_by_its_reference(self, units: UnitsOfWork) -> None:
        order = an_order()
        async with units() as unit:
            await unit.orders.save(order)
            await unit.payments.save(a_payment(order))
            await unit.commit()
        async with units() as unit:
            stored = await unit.payments.find_for_update("R1")
            assert stored is not None
            assert stored.state is PaymentState.PENDING
            assert stored.amount == order.total
            assert (await unit.payments.get_for_update(stored.id)).reference == "R1"
            assert len(await unit.payments.list(order.id)) == 1
            assert await unit.payments.find_for_update("R2") is None

    async def test_the_ledger_keeps_every_entry_once(self, units: UnitsOfWork) -> None:
        order, payment = await self._paid(units)
        async with units() as unit:
            stored = await unit.payments.get_for_update(payment.id)
            stored.refund_requested(a_refund(stored, yuan(1)), NOW)
            await unit.payments.save(stored)
            await unit.commit()
        async with units() as unit:
            stored = await unit.payments.get_for_update(payment.id)
            stored.refund_requested(a_refund(stored, yuan(1)), NOW)
            with pytest.raises(AlreadyExists):
                await unit.payments.save(stored)
        async with units() as unit:
            sums = balances(await unit.payments.entries(payment.id), "CNY")
        assert (sums.captured, sums.pending) == (order.total, yuan(1))

    async def test_a_due_payment_is_claimed_by_one_worker(self, units: UnitsOfWork) -> None:
        order = an_order()
        async with units() as unit:
            await unit.orders.save(order)
            await unit.payments.save(a_payment(order))
            await unit.commit()
        late = NOW + timedelta(hours=1)

        async def claim() -> int:
            async with units() as unit:
                due = await unit.payments.claim_due(late, 10, late + timedelta(minutes=1))
                await unit.commit()
            return len(due)

        async with units() as unit:
            assert await unit.payments.claim_due(NOW, 10, late) == ()
        assert sum(await asyncio.gather(*(claim() for _ in range(8)))) == 1

    async def test_a_refund_comes_back_and_is_due_until_it_ends(self, units: UnitsOfWork) -> None:
        _, payment = await self._paid(units)
        refund = a_refund(payment, yuan(1))
        async with units() as unit:
            await unit.refunds.reserve_amount(payment, order_of(payment), refund.amount)
            await unit.refunds.save(refund)
            await unit.commit()
        later = NOW + timedelta(minutes=1)
        async with units() as unit:
            (due,) = await unit.refunds.claim_due(NOW, 10, later)
            assert (due.reference, due.amount, dict(due.quantities)) == ("F1", yuan(1), {LINE: 1})
            await unit.commit()
        async with units() as unit:
            assert await unit.refunds.claim_due(NOW, 10, later) == ()
            stored = await unit.refunds.find_for_update("F1")
            assert stored is not None
            stored.submit(NOW)
            stored.succeed("G1", NOW)
            await unit.refunds.save(stored)
            await unit.commit()
        async with units() as unit:
            (stored,) = await unit.refunds.list(order_of(payment))
            assert (stored.state, stored.provider_reference) == (RefundState.SUCCEEDED, "G1")
            assert await unit.refunds.claim_due(later, 10, later) == ()

    async def test_concurrent_refunds_never_exceed_the_paid_amount(
        self, units: UnitsOfWork
    ) -> None:
        _, payment = await self._paid(units)
        part = Money(payment.amount.minor // 3, "CNY")

        async def reserve() -> bool:
            try:
                async with units() as unit:
                    await unit.refunds.reserve_amount(payment, order_of(payment), part)
                    await unit.commit()
            except RefundTooLarge:
                return False
            return True

        assert sum(await asyncio.gather(*(reserve() for _ in range(10)))) == 3

    async def test_concurrent_refunds_never_exceed_the_share_of_an_order(
        self, units: UnitsOfWork
    ) -> None:
        one, two = an_order(), an_order("1000000000000002", "second key")
        payment = a_payment(one)
        payment.amount = one.total + two.total
        payment.shares = (*payment.shares, Share(order_id=two.id, amount=two.total))
        payment.mark_paid("P1", NOW)
        async with units() as unit:
            for order in (one, two):
                await unit.orders.save(order)
            await unit.payments.save(payment)
            await unit.commit()
        third = Money(one.total.minor // 3, "CNY")

        async def refund(number: int) -> bool:
            try:
                async with units() as unit:
                    await unit.refunds.reserve_amount(payment, one.id, third)
                    locked = await unit.payments.get_for_update(payment.id)
                    locked.refund_requested(a_refund(payment, third, f"F{number}", one.id), NOW)
                    await unit.payments.save(locked)
                    await unit.commit()
            except RefundTooLarge:
                return False
            return True

        assert sum(await asyncio.gather(*map(refund, range(10)))) == 3
        async with units() as unit:
            assert await unit.refunds.refundable(payment, two.id) == two.total

    async def test_units_are_refunded_once(self, units: UnitsOfWork) -> None:
        order, _ = await self._paid(units)
        bought = order.lines[0].quantity
        async with units() as unit:
            assert await unit.refunds.reserve_units(order.id, {LINE: 1, GIFT: 1}) == {
                LINE: 0,
                GIFT: 0,
            }
            assert await unit.refunds.reserve_units(order.id, {LINE: bought - 1}) == {LINE: 1}
            with pytest.raises(RefundTooLarge):
                await unit.refunds.reserve_units(order.id, {LINE: 1})

    async def test_the_shipping_price_is_refunded_once(self, units: UnitsOfWork) -> None:
        order, _ = await self._paid(units)
        async with units() as unit:
            await unit.refunds.reserve_shipping(order.id)
            with pytest.raises(Invalid):
                await unit.refunds.reserve_shipping(order.id)
            await unit.commit()
        async with units() as unit:
            assert (await unit.orders.get(order.id)).shipping_refunded

    async def test_the_refundable_amount_is_what_no_refund_has_reserved(
        self, units: UnitsOfWork
    ) -> None:
        order, payment = await self._paid(units)
        async with units() as unit:
            await unit.refunds.reserve_amount(payment, order.id, yuan(1))
            assert await unit.refunds.refundable(payment, order.id) == payment.amount - yuan(1)

    async def test_a_return_comes_back_as_it_was(self, units: UnitsOfWork) -> None:
        order, _ = await self._paid(units)
        returned = Return(
            id=ReturnId(uuid4()),
            number="3000000000000001",
            order_id=order.id,
            quantities={LINE: 1},
            reason=ReturnReason.DAMAGED,
            remedy=Remedy.REFUND,
            requested_at=NOW,
            note="Chipped.",
        )
        returned.approve(NOW)
        returned.receive("SF1234567890", NOW)
        returned.inspect({LINE: 1}, NOW, restock=True)
        async with units() as unit:
            await unit.returns.save(returned)
            await unit.commit()
        async with units() as unit:
            stored = await unit.returns.find("3000000000000001")
            assert stored is not None
            assert (stored.state, stored.note) == (ReturnState.INSPECTED, "Chipped.")
            assert stored.accepted == {LINE: 1}
            assert stored.restocked
            assert [each.id for each in await unit.returns.list(order.id)] == [returned.id]
            assert (await unit.returns.get_for_update(returned.id)).number == stored.number

    async def test_a_notification_is_recorded_once(self, units: UnitsOfWork) -> None:
        async def record(key: str) -> InboxState:
            async with units() as unit:
                entry = await unit.inbox.record(
                    gateway="sandbox", account="us", key=key, body=b"\x00", reference="", at=NOW
                )
                if entry.state is InboxState.RECEIVED:
                    await unit.inbox.mark_handled(entry.id, InboxState.APPLIED)
                await unit.commit()
            return entry.state

        states = await asyncio.gather(*(record("n1") for _ in range(6)))
        assert sorted(states) == ["applied"] * 5 + ["received"]
        assert await record("n2") is InboxState.RECEIVED

    async def test_a_quarantined_notification_is_listed(self, units: UnitsOfWork) -> None:
        async with units() as unit:
            entry = await unit.inbox.record(
                gateway="sandbox", account="us", key="n1", body=b"", reference="", at=NOW
            )
            await unit.inbox.mark_handled(entry.id, InboxState.QUARANTINED, "another amount")
            await unit.commit()
        async with units() as unit:
            (entry,) = await unit.inbox.quarantined(9)
        assert (entry.key, entry.reason) == ("n1", "another amount")
