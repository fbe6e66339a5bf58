"""Cases of authorization, capture and void."""

import pytest

from core.domain.money import Money
from entrepot.testing.gateway_fixture import GatewayFixture
from entrepot.testing.payment.steps import authorizations_of, reference_of
from ports.errors import (
    AmountExceeded,
    Rejected,
)
from ports.payments.gateway import GatewayStatus
from ports.payments.purchase import PurchaseRequest


class AuthorizationCases:
    async def test_an_authorization_is_captured_in_parts_and_no_more(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        authorizations = authorizations_of(simulated.gateway)
        await simulated.pay(await authorizations.authorize(purchase), purchase.reference)
        reference = reference_of(purchase)
        authorized = await simulated.gateway.query(reference)
        assert (authorized.status, authorized.amount) == (GatewayStatus.AUTHORIZED, purchase.amount)
        captured = await authorizations.capture(reference, Money(1000, "CNY"), "capture-1")
        assert (captured.status, captured.amount) == (GatewayStatus.PAID, Money(1000, "CNY"))
        again = await authorizations.capture(reference, Money(1000, "CNY"), "capture-1")
        assert again.amount == Money(1000, "CNY")
        with pytest.raises(AmountExceeded):
            await authorizations.capture(reference, Money(1000, "CNY"), "capture-2")

    async def test_a_void_authorization_cannot_be_captured(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        authorizations = authorizations_of(simulated.gateway)
        await simulated.pay(await authorizations.authorize(purchase), purchase.reference)
        reference = reference_of(purchase)
        assert (await authorizations.void(reference, "void-1")).status is GatewayStatus.CLOSED
        with pytest.raises(Rejected):
            await authorizations.capture(reference, Money(1, "CNY"), "capture-1")
