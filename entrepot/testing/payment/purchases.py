"""Cases of purchase and query."""

from dataclasses import replace
from datetime import timedelta

from core.domain.money import Money
from entrepot.testing.gateway_fixture import GatewayFixture
from entrepot.testing.payment.steps import ACTIONS, UNPAID, pay, reference_of
from ports.errors import (
    PortError,
    Rejected,
)
from ports.payments.gateway import GatewayStatus, PaymentGateway, PaymentReference
from ports.payments.purchase import PurchaseRequest


class PurchaseCases:
    async def test_a_purchase_returns_the_next_action_in_every_scene(
        self, gateway: PaymentGateway, purchase: PurchaseRequest
    ) -> None:
        for number, scene in enumerate(gateway.scenes):
            other = replace(purchase, reference=f"{purchase.reference}{number}", scene=scene)
            assert isinstance(await gateway.purchase(other), ACTIONS)

    async def test_the_same_purchase_again_is_not_refused(
        self, gateway: PaymentGateway, purchase: PurchaseRequest
    ) -> None:
        first = await gateway.purchase(purchase)
        assert type(await gateway.purchase(purchase)) is type(first)

    async def test_an_unknown_reference_is_not_found_and_no_error(
        self, gateway: PaymentGateway, paid: PaymentReference
    ) -> None:
        known = await gateway.query(replace(paid, reference="20200101000000never1"))
        assert known.status is GatewayStatus.NOT_FOUND
        assert known.amount is None

    async def test_an_unpaid_purchase_is_not_paid(
        self, gateway: PaymentGateway, purchase: PurchaseRequest
    ) -> None:
        await gateway.purchase(purchase)
        assert (await gateway.query(reference_of(purchase))).status in UNPAID

    async def test_a_payment_is_seen_with_its_amount_and_account(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        await pay(simulated, purchase)
        known = await simulated.gateway.query(reference_of(purchase))
        assert known.status is GatewayStatus.PAID
        assert known.reference == purchase.reference
        assert known.amount == purchase.amount
        assert known.account == simulated.gateway.account
        assert known.provider_reference
        assert known.paid_at is not None
        assert abs(known.paid_at - simulated.clock()) < timedelta(minutes=1)

    async def test_a_payment_is_paid_in_every_scene(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        for number, scene in enumerate(simulated.gateway.scenes):
            other = replace(purchase, reference=f"{purchase.reference}{number}", scene=scene)
            await pay(simulated, other)
            known = await simulated.gateway.query(reference_of(other))
            assert known.status is GatewayStatus.PAID, scene

    async def test_another_amount_under_the_same_reference_is_never_paid(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        first = await simulated.gateway.purchase(purchase)
        await simulated.follow(first)
        try:
            other = await simulated.gateway.purchase(replace(purchase, amount=Money(1, "CNY")))
            await simulated.pay(other, purchase.reference)
        except PortError:
            return
        known = await simulated.gateway.query(reference_of(purchase))
        assert known.amount in {None, purchase.amount}

    async def test_an_unsupported_currency_is_rejected(
        self, simulated: GatewayFixture, purchase: PurchaseRequest
    ) -> None:
        try:
            action = await simulated.gateway.purchase(replace(purchase, amount=Money(1990, "KWD")))
        except Rejected:
            return
        await simulated.pay(action, purchase.reference)
        known = await simulated.gateway.query(reference_of(purchase))
        assert known.amount in {None, Money(1990, "KWD")}
