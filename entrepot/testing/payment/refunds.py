"""Cases of refunds: once per reference, and never more than the paid amount."""

from dataclasses import replace

import pytest

from core.domain.money import Money
from entrepot.simulation import Fault
from entrepot.testing.gateway_fixture import GatewayFixture
from entrepot.testing.payment.steps import ACCEPTED, a_refund_of_paid, refunds_of
from ports.errors import (
    AmountExceeded,
    OutcomeUnknown,
    Unavailable,
)
from ports.payments.abilities import Ability
from ports.payments.purchase import PurchaseRequest
from ports.payments.refunds import GatewayRefundStatus


class RefundCases:
    async def test_a_refund_is_made_once_per_reference(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        refunds = refunds_of(simulated.gateway)
        request = await a_refund_of_paid(simulated, purchase)
        first = await refunds.refund(request)
        assert first.status in ACCEPTED
        assert first.account == simulated.gateway.account
        await refunds.refund(request)
        assert simulated.refunded_amount(purchase.reference) == request.amount.minor
        assert (await refunds.query_refund(request)).status in ACCEPTED

    async def test_partial_refunds_never_exceed_the_paid_amount(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        if Ability.PARTIAL_REFUNDS not in simulated.gateway.abilities:
            pytest.skip("this gateway refunds only the whole amount")
        refunds = refunds_of(simulated.gateway)
        request = await a_refund_of_paid(simulated, purchase)
        half = replace(request, amount=Money(1000, "CNY"))
        await refunds.refund(half)
        with pytest.raises(AmountExceeded):
            await refunds.refund(replace(half, reference=f"{half.reference}2"))
        rest = replace(half, reference=f"{half.reference}3", amount=Money(990, "CNY"))
        await refunds.refund(rest)
        assert simulated.refunded_amount(purchase.reference) == purchase.amount.minor

    async def test_an_unknown_refund_is_not_found_and_no_error(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        refunds = refunds_of(simulated.gateway)
        request = await a_refund_of_paid(simulated, purchase)
        known = await refunds.query_refund(request)
        assert known.status is GatewayRefundStatus.NOT_FOUND

    @pytest.mark.parametrize("fault", [Fault.DROP_AFTER_APPLY, Fault.BAD_SIGNATURE])
    async def test_a_refund_whose_answer_is_lost_is_queried_and_not_doubled(
        self, simulated: GatewayFixture, purchase: PurchaseRequest, fault: Fault
    ) -> None:
        refunds = refunds_of(simulated.gateway)
        request = await a_refund_of_paid(simulated, purchase)
        simulated.arm(fault, on_change=True)
        with pytest.raises(OutcomeUnknown):
            await refunds.refund(request)
        assert (await refunds.query_refund(request)).status in ACCEPTED
        await refunds.refund(request)
        assert simulated.refunded_amount(purchase.reference) == request.amount.minor

    async def test_a_refund_that_never_arrived_can_be_sent_again(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        refunds = refunds_of(simulated.gateway)
        request = await a_refund_of_paid(simulated, purchase)
        simulated.transport.disconnected = True
        with pytest.raises(Unavailable):
            await refunds.refund(request)
        simulated.transport.disconnected = False
        assert simulated.refunded_amount(purchase.reference) == 0
        assert (await refunds.refund(request)).status in ACCEPTED
