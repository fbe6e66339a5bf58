"""Answers with a valid signature that are about something else, and refunds that are not over."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from entrepot import (
    GatewayRefundStatus,
    GatewayStatus,
    Misconfigured,
    Money,
    OutcomeUnknown,
    PaymentReference,
    RefundRequest,
    Rejected,
    Scene,
    Unavailable,
)
from entrepot.testing import GatewayFixture
from entrepot.testing.payment.steps import a_refund_of_paid, pay, reference_of
from plugins.payment_unionpay.simulator import IN_DOUBT
from tests.gateway_fixtures import alipay_fixture, unionpay_fixture, wechat_fixture
from tests.plugins.purchases import a_purchase

pytestmark = pytest.mark.anyio
Change = dict[str, Any]


def lie(fixture: GatewayFixture, change: Change, *methods: str) -> None:
    """From now on, the provider's answers have other values. ``methods`` are the simulator's."""
    simulator: Any = fixture.simulator
    for name in methods:
        genuine: Callable[..., Any] = getattr(simulator, name)

        def changed(*arguments: Any, _genuine: Callable[..., Any] = genuine) -> Any:
            answer = _genuine(*arguments)
            return {
                **answer,
                **{
                    field: {**answer[field], **value} if isinstance(value, dict) else value
                    for field, value in change.items()
                },
            }

        setattr(simulator, name, changed)


async def paid(fixture: GatewayFixture) -> PaymentReference:
    purchase = a_purchase(fixture)
    await pay(fixture, purchase)
    known = await fixture.gateway.query(reference_of(purchase))
    return replace(reference_of(purchase), provider_reference=known.provider_reference)


Case = tuple[Callable[[Path], GatewayFixture], tuple[str, ...], Change]
OTHER = "20261125999999999"

PAYMENTS: list[Case] = [
    (alipay_fixture, ("_query",), {"out_trade_no": OTHER}),
    (alipay_fixture, ("_query",), {"trade_no": OTHER}),
    (alipay_fixture, ("_query",), {"trade_status": "TRADE_PONDERING"}),
    (alipay_fixture, ("_query",), {"total_amount": 19.9}),
    (wechat_fixture, ("_transaction",), {"out_trade_no": OTHER}),
    (wechat_fixture, ("_transaction",), {"transaction_id": OTHER}),
    (wechat_fixture, ("_transaction",), {"mchid": "1900000002"}),
    (wechat_fixture, ("_transaction",), {"amount": {"total": "1990"}}),
    (unionpay_fixture, ("_query",), {"orderId": OTHER}),
    (unionpay_fixture, ("_query",), {"queryId": OTHER}),
    (unionpay_fixture, ("_query",), {"txnTime": "20261125000000"}),
    (unionpay_fixture, ("_query",), {"currencyCode": "840"}),
    (unionpay_fixture, ("_query",), {"origRespCode": ""}),
]


@pytest.mark.parametrize(("make", "methods", "change"), PAYMENTS)
async def test_an_answer_about_another_payment_is_no_answer(
    tmp_path: Path, make: Callable[[Path], GatewayFixture], methods: tuple[str, ...], change: Change
) -> None:
    fixture = make(tmp_path)
    payment = await paid(fixture)
    lie(fixture, change, *methods)
    with pytest.raises(Unavailable):
        await fixture.gateway.query(payment)
    await fixture.aclose()


REFUNDS: list[Case] = [
    (alipay_fixture, ("_refund", "_query_refund"), {"out_trade_no": OTHER}),
    (alipay_fixture, ("_refund", "_query_refund"), {"trade_no": OTHER}),
    (alipay_fixture, ("_refund", "_query_refund"), {"refund_currency": "USD"}),
    (alipay_fixture, ("_refund",), {"refund_fee": "0.01"}),
    (alipay_fixture, ("_query_refund",), {"refund_amount": "0.01"}),
    (alipay_fixture, ("_query_refund",), {"out_request_no": OTHER}),
    (wechat_fixture, ("_refund_view",), {"out_refund_no": OTHER}),
    (wechat_fixture, ("_refund_view",), {"out_trade_no": OTHER}),
    (wechat_fixture, ("_refund_view",), {"transaction_id": OTHER}),
    (wechat_fixture, ("_refund_view",), {"amount": {"refund": 1}}),
    (wechat_fixture, ("_refund_view",), {"amount": {"total": 1}}),
    (wechat_fixture, ("_refund_view",), {"amount": {"currency": "USD"}}),
    (unionpay_fixture, ("_refund", "_query"), {"orderId": OTHER}),
    (unionpay_fixture, ("_refund", "_query"), {"txnTime": "20261125000000"}),
    (unionpay_fixture, ("_refund",), {"txnAmt": "1"}),
    (unionpay_fixture, ("_refund",), {"origQryId": OTHER}),
    (unionpay_fixture, ("_query",), {"txnAmt": "1", "origRespCode": "00"}),
    (unionpay_fixture, ("_query",), {"currencyCode": "840", "origRespCode": "00"}),
]


@pytest.mark.parametrize(("make", "methods", "change"), REFUNDS)
async def test_an_answer_about_another_refund_is_no_answer(
    tmp_path: Path, make: Callable[[Path], GatewayFixture], methods: tuple[str, ...], change: Change
) -> None:
    fixture = make(tmp_path)
    gateway: Any = fixture.gateway
    request = RefundRequest(
        payment=await paid(fixture),
        reference="F2026112500000001",
        amount=Money(1000, "CNY"),
        requested_at=fixture.clock(),
        notify_url="https://shop.example/notify/kit",
    )
    lie(fixture, change, *methods)
    if methods[0] in {"_refund", "_refund_view"}:
        with pytest.raises(OutcomeUnknown):
            await gateway.refund(request)
    else:
        await gateway.refund(request)
    if methods[-1] != "_refund":
        with pytest.raises(Unavailable):
            await gateway.query_refund(request)
    await fixture.aclose()


@pytest.mark.parametrize(
    ("make", "scene", "method", "change"),
    [
        (alipay_fixture, Scene.QR, "_process", {"out_trade_no": OTHER}),
        (alipay_fixture, Scene.QR, "_process", {"qr_code": 1}),
        (wechat_fixture, Scene.QR, "_prepay", {"code_url": None}),
        (unionpay_fixture, Scene.QR, "_process", {"orderId": OTHER}),
        (unionpay_fixture, Scene.QR, "_process", {"txnAmt": "1"}),
    ],
)
async def test_an_answer_about_another_purchase_is_no_answer(
    tmp_path: Path,
    make: Callable[[Path], GatewayFixture],
    scene: Scene,
    method: str,
    change: Change,
) -> None:
    fixture = make(tmp_path)
    lie(fixture, change, method)
    with pytest.raises(OutcomeUnknown):
        await fixture.gateway.purchase(a_purchase(fixture, scene))
    await fixture.aclose()


async def test_alipay_closes_only_the_trade_that_was_asked_for(tmp_path: Path) -> None:
    fixture = alipay_fixture(tmp_path)
    purchase = a_purchase(fixture)
    await fixture.follow(await fixture.gateway.purchase(purchase))
    lie(fixture, {"out_trade_no": OTHER}, "_close")
    with pytest.raises(OutcomeUnknown):
        await fixture.gateway.close(reference_of(purchase))
    await fixture.aclose()


async def test_a_signed_error_response_of_alipay_names_the_mistake(tmp_path: Path) -> None:
    fixture = alipay_fixture(tmp_path)
    purchase = a_purchase(fixture)
    await pay(fixture, purchase)
    fixture.simulator.merchant.app_id = "2021999999999999"
    with pytest.raises(Misconfigured) as caught:
        await fixture.gateway.query(reference_of(purchase))
    assert "isv.invalid-app-id" in caught.value.reason
    await fixture.aclose()


async def test_an_abnormal_refund_of_wechat_is_not_over(tmp_path: Path) -> None:
    """The merchant corrects it at WeChat, and then it succeeds."""
    fixture = wechat_fixture(tmp_path)
    gateway: Any = fixture.gateway
    request = await a_refund_of_paid(fixture, a_purchase(fixture))
    await gateway.refund(request)
    await fixture.simulator.finish_refund(request.reference, "abnormal")
    known = await gateway.query_refund(request)
    notified = (await gateway.verify(fixture.notifications()[-1])).refund
    for report in (known, notified):
        assert (report.status, report.failure) == (GatewayRefundStatus.ABNORMAL, "ABNORMAL")
        assert report.amount is None
    await fixture.aclose()


@pytest.mark.parametrize("code", ["03", "04", "05"])
async def test_a_refund_of_unionpay_in_doubt_is_not_over(tmp_path: Path, code: str) -> None:
    fixture = unionpay_fixture(tmp_path)
    gateway: Any = fixture.gateway
    request = await a_refund_of_paid(fixture, a_purchase(fixture))
    await gateway.refund(request)
    record = fixture.simulator.trades.find_refund(request.reference)
    simulator: Any = fixture.simulator
    await simulator.notify_refund(replace(record, status="pending"))  # type: ignore[type-var]
    notified = (await gateway.verify(fixture.notifications()[-1])).refund
    assert (notified.status, notified.failure) == (GatewayRefundStatus.PENDING, IN_DOUBT)
    lie(fixture, {"origRespCode": code}, "_query")
    known = await gateway.query_refund(request)
    assert (known.status, known.failure) == (GatewayRefundStatus.PENDING, code)
    lie(fixture, {"respCode": code}, "_refund")
    with pytest.raises(OutcomeUnknown):
        await gateway.refund(request)
    await fixture.aclose()


async def test_another_code_of_unionpay_is_a_refusal(tmp_path: Path) -> None:
    fixture = unionpay_fixture(tmp_path)
    gateway: Any = fixture.gateway
    request = await a_refund_of_paid(fixture, a_purchase(fixture))
    lie(fixture, {"respCode": "77"}, "_refund")
    with pytest.raises(Rejected, match="77"):
        await gateway.refund(request)
    assert (await gateway.query(request.payment)).status is GatewayStatus.PAID
    await fixture.aclose()
