"""Cases of close: it closes an unpaid purchase and changes nothing else."""

import pytest

from entrepot.simulation import Fault
from entrepot.testing.gateway_fixture import GatewayFixture
from entrepot.testing.payment.steps import CLOSED, UNPAID, pay, reference_of, with_ability
from ports.errors import (
    OutcomeUnknown,
)
from ports.payments.abilities import Ability
from ports.payments.gateway import GatewayStatus, PaymentGateway
from ports.payments.purchase import PurchaseRequest


class ClosingCases:
    async def test_a_closed_purchase_stays_closed(
        self, gateway: PaymentGateway, purchase: PurchaseRequest
    ) -> None:
        await gateway.purchase(purchase)
        reference = reference_of(purchase)
        assert (await gateway.close(reference)).status in CLOSED | UNPAID
        assert (await gateway.close(reference)).status in CLOSED | UNPAID
        assert (await gateway.query(reference)).status in CLOSED | UNPAID

    async def test_closing_does_not_undo_a_payment(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        await pay(simulated, purchase)
        assert (await simulated.gateway.close(reference_of(purchase))).status is GatewayStatus.PAID

    async def test_a_closed_purchase_cannot_be_paid(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        with_ability(simulated.gateway, Ability.CLOSING)
        action = await simulated.gateway.purchase(purchase)
        await simulated.follow(action)
        reference = reference_of(purchase)
        assert (await simulated.gateway.close(reference)).status in CLOSED
        await simulated.pay(action, purchase.reference)
        assert (await simulated.gateway.query(reference)).status in CLOSED

    async def test_a_close_whose_answer_is_lost_is_in_doubt(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        with_ability(simulated.gateway, Ability.CLOSING)
        await simulated.follow(await simulated.gateway.purchase(purchase))
        simulated.simulator.payment_page.show(purchase.reference)
        simulated.arm(Fault.DROP_AFTER_APPLY, on_change=True)
        with pytest.raises(OutcomeUnknown):
            await simulated.gateway.close(reference_of(purchase))
        assert (await simulated.gateway.query(reference_of(purchase))).status in CLOSED
