"""Steps and values that the cases of a payment gateway share."""

from dataclasses import replace
from datetime import datetime
from typing import cast

import pytest

from core.domain.money import Money
from entrepot.testing.gateway_fixture import GatewayFixture
from ports.payments.abilities import Ability
from ports.payments.authorizations import Authorizations
from ports.payments.gateway import GatewayStatus, PaymentGateway, PaymentReference
from ports.payments.notifications import Notifications
from ports.payments.purchase import (
    AppParameters,
    FormPost,
    InAppParameters,
    PurchaseRequest,
    QrCode,
    Redirect,
)
from ports.payments.refunds import GatewayRefundStatus, RefundRequest, Refunds
from ports.payments.statements import Statements

ACTIONS = Redirect | FormPost | QrCode | InAppParameters | AppParameters
CLOSED = {GatewayStatus.CLOSED, GatewayStatus.NOT_FOUND}
UNPAID = {GatewayStatus.NOT_FOUND, GatewayStatus.PENDING}
ACCEPTED = {GatewayRefundStatus.PENDING, GatewayRefundStatus.SUCCEEDED}
PRICE = Money(1990, "CNY")
CHINA = datetime.fromisoformat("2026-01-01T00:00:00+08:00").tzinfo


def reference_of(purchase: PurchaseRequest) -> PaymentReference:
    return PaymentReference(
        reference=purchase.reference, amount=purchase.amount, created_at=purchase.created_at
    )


async def pay(simulated: GatewayFixture, purchase: PurchaseRequest) -> None:
    await simulated.pay(await simulated.gateway.purchase(purchase), purchase.reference)


async def a_refund_of_paid(simulated: GatewayFixture, purchase: PurchaseRequest) -> RefundRequest:
    """Pay a purchase. Returns a request for its full refund."""
    await pay(simulated, purchase)
    known = await simulated.gateway.query(reference_of(purchase))
    return RefundRequest(
        payment=replace(reference_of(purchase), provider_reference=known.provider_reference),
        reference=f"9{purchase.reference}",
        amount=purchase.amount,
        requested_at=simulated.clock(),
        notify_url=purchase.notify_url,
        reason="returned",
    )


def notifications_of(gateway: PaymentGateway) -> Notifications:
    return cast("Notifications", with_ability(gateway, Ability.NOTIFICATIONS))


def refunds_of(gateway: PaymentGateway) -> Refunds:
    return cast("Refunds", with_ability(gateway, Ability.REFUNDS))


def authorizations_of(gateway: PaymentGateway) -> Authorizations:
    return cast("Authorizations", with_ability(gateway, Ability.AUTHORIZATIONS))


def statements_of(gateway: PaymentGateway) -> Statements:
    return cast("Statements", with_ability(gateway, Ability.STATEMENTS))


def with_ability(gateway: PaymentGateway, ability: Ability) -> object:
    if ability not in gateway.abilities:
        pytest.skip(f"this gateway has no {ability}")
    return gateway
