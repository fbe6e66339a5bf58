"""A purchase at a fixture."""

from datetime import timedelta

from core.domain.money import Money
from entrepot.testing import GatewayFixture
from ports.payments.purchase import PurchaseRequest, Scene


def a_purchase(fixture: GatewayFixture, scene: Scene | None = None) -> PurchaseRequest:
    now = fixture.clock()
    return PurchaseRequest(
        reference=f"{now:%Y%m%d%H%M%S}01",
        amount=Money(1990, "CNY"),
        subject="青瓷茶壶",
        language="zh",
        created_at=now,
        expires_at=now + timedelta(minutes=30),
        notify_url="https://shop.example/notify/kit",
        return_url="https://shop.example/orders/1",
        scene=scene or fixture.gateway.scenes[0],
        payer="payer",
        client_ip="203.0.113.7",
    )
