"""Cases of notifications: genuine ones are read, all others are refused."""

from dataclasses import replace

import pytest

from entrepot.testing.gateway_fixture import GatewayFixture
from entrepot.testing.payment.steps import notifications_of, pay, reference_of
from ports.errors import (
    BadSignature,
)
from ports.payments.gateway import GatewayStatus, PaymentGateway
from ports.payments.notifications import Notifications, RawNotification
from ports.payments.purchase import PurchaseRequest


class NotificationCases:
    @pytest.mark.parametrize("body", [b"", b"{}", b"\xff\x00", b'{"trade": {"status": "paid"}}'])
    async def test_a_notification_without_a_signature_is_refused(
        self, gateway: PaymentGateway, purchase: PurchaseRequest, body: bytes
    ) -> None:
        notifications = notifications_of(gateway)
        forged = RawNotification(headers={}, query={}, body=body, received_at=purchase.created_at)
        with pytest.raises(BadSignature):
            await notifications.verify(forged)

    async def test_only_an_accepted_notification_is_acknowledged(
        self, gateway: PaymentGateway
    ) -> None:
        notifications = notifications_of(gateway)
        assert notifications.acknowledge(accepted=True) != notifications.acknowledge(accepted=False)

    async def test_a_notification_reports_the_same_as_a_query(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        notifications = notifications_of(simulated.gateway)
        await pay(simulated, purchase)
        notified = await notifications.verify(simulated.notifications()[-1])
        known = await simulated.gateway.query(reference_of(purchase))
        assert notified.account == simulated.gateway.account
        assert notified.payment is not None
        assert notified.payment.status is GatewayStatus.PAID
        assert notified.payment.amount == known.amount
        assert notified.payment.reference == known.reference
        assert notified.payment.provider_reference == known.provider_reference

    async def test_a_repeated_notification_has_the_same_key(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        notifications = notifications_of(simulated.gateway)
        await pay(simulated, purchase)
        raw = simulated.notifications()[-1]
        assert (await notifications.verify(raw)).key == (await notifications.verify(raw)).key

    async def test_two_payments_notify_under_two_keys(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        notifications = notifications_of(simulated.gateway)
        await pay(simulated, purchase)
        await pay(simulated, replace(purchase, reference=f"{purchase.reference}2"))
        first, second = simulated.notifications()[-2:]
        assert (await notifications.verify(first)).key != (await notifications.verify(second)).key

    async def test_a_changed_notification_is_refused(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        notifications = notifications_of(simulated.gateway)
        await pay(simulated, purchase)
        raw = simulated.notifications()[-1]
        await notifications.verify(raw)
        positions = range(0, len(raw.body), max(len(raw.body) // 40, 1))
        for position in positions:
            changed = bytearray(raw.body)
            changed[position] = ord("1") if changed[position] != ord("1") else ord("2")
            await refused_or_same(notifications, raw, replace(raw, body=bytes(changed)))

    async def test_another_signers_notification_is_refused(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        """Each header that carries a signature, with one character changed."""
        notifications = notifications_of(simulated.gateway)
        await pay(simulated, purchase)
        raw = simulated.notifications()[-1]
        signed = [name for name in raw.headers if "signature" in name and "type" not in name]
        for name in signed:
            value = raw.headers[name]
            swapped = value[:10] + ("A" if value[10] != "A" else "B") + value[11:]
            with pytest.raises(BadSignature):
                await notifications.verify(replace(raw, headers={**raw.headers, name: swapped}))

    @pytest.mark.parametrize("minutes", [-10, 10, 60 * 24])
    async def test_a_notification_from_another_time_is_refused(
        self, simulated: GatewayFixture, purchase: PurchaseRequest, minutes: int
    ) -> None:
        notifications = notifications_of(simulated.gateway)
        if simulated.window is None:
            pytest.skip("this protocol has no time in its signature")
        await pay(simulated, purchase)
        raw = simulated.notifications()[-1]
        with pytest.raises(BadSignature):
            await notifications.verify(simulated.received_later(raw, minutes=minutes))


async def refused_or_same(
    notifications: Notifications, raw: RawNotification, changed: RawNotification
) -> None:
    """A decoder may ignore a changed byte. Every other change must be refused."""
    try:
        notified = await notifications.verify(changed)
    except BadSignature:
        return
    assert notified == await notifications.verify(raw)
