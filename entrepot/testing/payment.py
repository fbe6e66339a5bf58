"""What every payment gateway must do."""

from datetime import UTC, datetime, timedelta

import pytest

from core.domain.money import Money
from core.domain.text import Text
from ports.errors import BadSignature
from ports.payment import (
    FormPost,
    GatewayStatus,
    Notifications,
    PaymentGateway,
    PurchaseRequest,
    QrCode,
    RawNotification,
    Redirect,
)


class PaymentGatewaySuite:
    """Give it a fixture ``gateway`` that talks to the gateway's test system, or a simulator."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def gateway(self) -> PaymentGateway:
        raise NotImplementedError("Override the fixture `gateway`.")

    @pytest.fixture
    def purchase(self) -> PurchaseRequest:
        return PurchaseRequest(
            reference=f"{datetime.now(UTC):%Y%m%d%H%M%S%f}",
            amount=Money(1990, "CNY"),
            subject="青瓷茶壶",
            language="zh",
            expires_at=datetime.now(UTC) + timedelta(minutes=30),
            notify_url="https://shop.example/notify",
            return_url="https://shop.example/orders/1",
        )

    async def test_it_says_who_it_is(self, gateway: PaymentGateway) -> None:
        assert isinstance(gateway, PaymentGateway)
        assert gateway.code.isascii()
        assert gateway.code
        assert isinstance(gateway.name, Text)
        assert gateway.account

    async def test_a_purchase_tells_the_buyer_what_to_do_next(
        self, gateway: PaymentGateway, purchase: PurchaseRequest
    ) -> None:
        assert isinstance(await gateway.purchase(purchase), Redirect | FormPost | QrCode)

    async def test_the_same_purchase_again_is_not_refused(
        self, gateway: PaymentGateway, purchase: PurchaseRequest
    ) -> None:
        first = await gateway.purchase(purchase)
        assert type(await gateway.purchase(purchase)) is type(first)

    async def test_an_unknown_reference_is_not_found_and_no_error(
        self, gateway: PaymentGateway
    ) -> None:
        known = await gateway.query("never-seen-0001")
        assert known.status is GatewayStatus.NOT_FOUND
        assert known.amount is None

    async def test_a_purchase_that_nobody_paid_is_not_paid(
        self, gateway: PaymentGateway, purchase: PurchaseRequest
    ) -> None:
        await gateway.purchase(purchase)
        known = await gateway.query(purchase.reference)
        assert known.status in {GatewayStatus.NOT_FOUND, GatewayStatus.PENDING}

    async def test_a_closed_purchase_stays_closed(
        self, gateway: PaymentGateway, purchase: PurchaseRequest
    ) -> None:
        await gateway.purchase(purchase)
        closed = {GatewayStatus.CLOSED, GatewayStatus.NOT_FOUND}
        assert (await gateway.close(purchase.reference)).status in closed
        assert (await gateway.close(purchase.reference)).status in closed
        assert (await gateway.query(purchase.reference)).status in closed

    @pytest.mark.parametrize("body", [b"", b"{}", b"\xff\x00", b'{"trade": {"status": "paid"}}'])
    async def test_a_notification_without_a_signature_is_refused(
        self, gateway: PaymentGateway, body: bytes
    ) -> None:
        if not isinstance(gateway, Notifications):
            pytest.skip("this gateway does not notify")
        forged = RawNotification(headers={}, query={}, body=body, received_at=datetime.now(UTC))
        with pytest.raises(BadSignature):
            await gateway.verify(forged)

    async def test_only_an_accepted_notification_is_acknowledged(
        self, gateway: PaymentGateway
    ) -> None:
        if not isinstance(gateway, Notifications):
            pytest.skip("this gateway does not notify")
        assert gateway.acknowledge(accepted=True) != gateway.acknowledge(accepted=False)
