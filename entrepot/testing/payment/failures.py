"""Cases of failing connections and providers: a failure is not a refusal."""

import pytest

from entrepot.simulation import Fault
from entrepot.testing.gateway_fixture import GatewayFixture
from entrepot.testing.payment.steps import pay, reference_of
from ports.errors import (
    OutcomeUnknown,
    Unavailable,
)
from ports.payments.purchase import PurchaseRequest


class FailureCases:
    async def test_without_a_connection_nothing_happened(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        await simulated.gateway.purchase(purchase)
        simulated.transport.disconnected = True
        with pytest.raises(Unavailable):
            await simulated.gateway.query(reference_of(purchase))
        with pytest.raises(Unavailable):
            await simulated.gateway.close(reference_of(purchase))

    async def test_an_answer_with_a_bad_signature_is_not_accepted(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        await pay(simulated, purchase)
        simulated.arm(Fault.BAD_SIGNATURE)
        with pytest.raises((Unavailable, OutcomeUnknown)):
            await simulated.gateway.query(reference_of(purchase))

    async def test_a_failing_gateway_is_not_a_refusal(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        await pay(simulated, purchase)
        simulated.arm(Fault.SERVER_ERROR)
        with pytest.raises((Unavailable, OutcomeUnknown)):
            await simulated.gateway.query(reference_of(purchase))
