"""The conformance kit for a payment gateway. Cases of an ability run if it is declared.

Override the fixture ``gateway_fixture``, which has the gateway and its simulator, and all cases
run. With the fixture ``gateway`` alone, the cases that need a buyer are skipped.
"""

from datetime import datetime, timedelta

import pytest

from entrepot.testing.gateway_fixture import GatewayFixture
from entrepot.testing.payment.authorizations import AuthorizationCases
from entrepot.testing.payment.closing import ClosingCases
from entrepot.testing.payment.declarations import DeclarationCases
from entrepot.testing.payment.failures import FailureCases
from entrepot.testing.payment.notifications import NotificationCases
from entrepot.testing.payment.purchases import PurchaseCases
from entrepot.testing.payment.refunds import RefundCases
from entrepot.testing.payment.statements import StatementCases
from entrepot.testing.payment.steps import PRICE, reference_of
from ports.payments.gateway import PaymentGateway, PaymentReference
from ports.payments.purchase import PurchaseRequest


class PaymentGatewaySuite(
    DeclarationCases,
    PurchaseCases,
    ClosingCases,
    NotificationCases,
    FailureCases,
    RefundCases,
    AuthorizationCases,
    StatementCases,
):
    """Override the fixture ``gateway_fixture``, or ``gateway``."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def gateway_fixture(self) -> GatewayFixture | None:
        return None

    @pytest.fixture
    def gateway(self, gateway_fixture: GatewayFixture | None) -> PaymentGateway:
        if gateway_fixture is None:
            raise NotImplementedError("Override the fixture `gateway_fixture` or `gateway`.")
        return gateway_fixture.gateway

    @pytest.fixture
    def simulated(self, gateway_fixture: GatewayFixture | None) -> GatewayFixture:
        if gateway_fixture is None:
            pytest.skip("needs a fixture `gateway_fixture`, with the gateway's simulator")
        return gateway_fixture

    @pytest.fixture
    def purchase(
        self, gateway_fixture: GatewayFixture | None, gateway: PaymentGateway
    ) -> PurchaseRequest:
        now = gateway_fixture.clock() if gateway_fixture else datetime.now().astimezone()
        return PurchaseRequest(
            reference=f"{now:%Y%m%d%H%M%S}01",
            amount=PRICE,
            subject="青瓷茶壶",
            language="zh",
            created_at=now,
            expires_at=now + timedelta(minutes=30),
            notify_url="https://shop.example/notify/kit",
            return_url="https://shop.example/orders/1",
            scene=gateway.scenes[0],
            payer="payer-of-the-kit",
            client_ip="203.0.113.7",
        )

    @pytest.fixture
    def paid(self, purchase: PurchaseRequest) -> PaymentReference:
        """The reference of a purchase that a case pays."""
        return reference_of(purchase)
