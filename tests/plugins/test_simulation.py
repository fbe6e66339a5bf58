"""Behaviour that all gateway simulators share."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from entrepot import PaymentReference, PurchaseRequest, RefundRequest, Rejected, Statements
from entrepot.simulation import Fault
from entrepot.testing import GatewayFixture
from entrepot.testing.payment.steps import pay, reference_of
from entrepot.wire import CHINA_TIME
from tests.gateway_fixtures import (
    alipay_fixture,
    sandbox_fixture,
    unionpay_fixture,
    wechat_fixture,
)
from tests.plugins.purchases import a_purchase

pytestmark = pytest.mark.anyio
Make = Callable[[Path], GatewayFixture]


async def paid(fixture: GatewayFixture, purchase: PurchaseRequest) -> PaymentReference:
    await pay(fixture, purchase)
    known = await fixture.gateway.query(reference_of(purchase))
    return replace(reference_of(purchase), provider_reference=known.provider_reference)


@pytest.mark.parametrize(
    "make", [sandbox_fixture, alipay_fixture, wechat_fixture, unionpay_fixture]
)
async def test_a_refund_reference_of_another_trade_is_refused(tmp_path: Path, make: Make) -> None:
    fixture = make(tmp_path)
    gateway: Any = fixture.gateway
    purchase = a_purchase(fixture)
    first = await paid(fixture, purchase)
    second = await paid(fixture, replace(purchase, reference=f"{purchase.reference}2"))
    request = RefundRequest(
        payment=first,
        reference="F2026112500000001",
        amount=purchase.amount,
        requested_at=fixture.clock(),
        notify_url=purchase.notify_url,
    )
    await gateway.refund(request)
    with pytest.raises(Rejected):
        await gateway.refund(replace(request, payment=second))
    assert fixture.refunded_amount(first.reference) == purchase.amount.minor
    assert fixture.refunded_amount(second.reference) == 0


@pytest.mark.parametrize("make", [sandbox_fixture, alipay_fixture, wechat_fixture])
async def test_a_statement_can_have_a_hidden_difference(tmp_path: Path, make: Make) -> None:
    fixture = make(tmp_path)
    gateway = fixture.gateway
    assert isinstance(gateway, Statements)
    purchase = a_purchase(fixture)
    await pay(fixture, purchase)
    day = fixture.clock().astimezone(CHINA_TIME).date()
    fixture.clock.at += timedelta(days=2)
    genuine = [line.amount.minor async for line in gateway.statement(day)]
    assert genuine == [purchase.amount.minor]
    # WeChat's bill is read twice: for its digest, and for its content.
    fixture.arm(Fault.HIDDEN_DIFFERENCE, times=2)
    assert [line.amount.minor async for line in gateway.statement(day)] != genuine
