"""Cases of the daily statement."""

import pytest

from entrepot.testing.gateway_fixture import GatewayFixture
from entrepot.testing.payment.steps import CHINA, a_refund_of_paid, statements_of
from ports.errors import (
    NotReadyYet,
)
from ports.payments.purchase import PurchaseRequest
from ports.payments.refunds import Refunds
from ports.payments.statements import StatementKind


class StatementCases:
    async def test_a_statement_has_every_movement_of_its_day(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        statements = statements_of(simulated.gateway)
        request = await a_refund_of_paid(simulated, purchase)
        if isinstance(simulated.gateway, Refunds):
            await simulated.gateway.refund(request)
            await simulated.simulator.finish_refund(request.reference)
        day = simulated.clock().astimezone(CHINA).date()
        with pytest.raises(NotReadyYet):
            _ = [line async for line in statements.statement(day)]
        simulated.clock.advance(days=1, hours=6)
        lines = [line async for line in statements.statement(day)]
        payment = next(line for line in lines if line.kind is StatementKind.PAYMENT)
        assert payment.reference == purchase.reference
        assert payment.amount == purchase.amount
        assert payment.fee.minor >= 0
        assert payment.provider_reference
        if isinstance(simulated.gateway, Refunds):
            refund = next(line for line in lines if line.kind is StatementKind.REFUND)
            assert refund.refund_reference == request.reference
            assert refund.amount == request.amount
