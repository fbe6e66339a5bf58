"""Notifications that the provider signed, and that make no sense: each is read or has a problem."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from entrepot import BadSignature, Notification, RawNotification
from entrepot.testing import GatewayFixture
from entrepot.wire import rsa_sign
from plugins.payment_alipay.signing import notification_content
from plugins.payment_unionpay.signing import signed
from plugins.payment_wechat.signing import encrypt
from tests.gateway_fixtures import (
    APIV3_KEY,
    AUTHORITY,
    PROVIDER,
    alipay_fixture,
    sandbox_fixture,
    unionpay_fixture,
    wechat_fixture,
)

pytestmark = pytest.mark.anyio

DEEP = "[" * 20_000


def raw(fixture: GatewayFixture, body: bytes, headers: Mapping[str, str]) -> RawNotification:
    return RawNotification(
        headers={name.lower(): value for name, value in headers.items()},
        query={},
        body=body,
        received_at=fixture.clock(),
    )


def from_alipay(fixture: GatewayFixture, **changes: str | None) -> RawNotification:
    fields = {
        "notify_id": "n1",
        "app_id": "2021000000000001",
        "seller_id": "2088000000000001",
        "out_trade_no": "KIT202611250001",
        "trade_no": "2026112522001",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "19.90",
        "gmt_payment": "2026-11-25 12:00:01",
        **changes,
    }
    given = {name: value for name, value in fields.items() if value is not None}
    sign = rsa_sign(PROVIDER, notification_content(given).encode())
    return raw(fixture, urlencode({**given, "sign_type": "RSA2", "sign": sign}).encode(), {})


def from_unionpay(fixture: GatewayFixture, **changes: str | None) -> RawNotification:
    fields = {
        "version": "5.1.0",
        "signMethod": "01",
        "signPubKeyCert": AUTHORITY.leaf,
        "merId": fixture.gateway.account,
        "txnType": "01",
        "orderId": "KIT202611250001",
        "txnTime": "20261125120000",
        "txnAmt": "1990",
        "currencyCode": "156",
        "queryId": "2026112522001",
        "respCode": "00",
        **changes,
    }
    given = {name: value for name, value in fields.items() if value is not None}
    return raw(fixture, urlencode(signed(given, PROVIDER)).encode(), {})


def transaction(**changes: Any) -> dict[str, Any]:
    return {
        "mchid": "1900000001",
        "appid": "wx0000000000000001",
        "out_trade_no": "KIT202611250001",
        "trade_state": "SUCCESS",
        "transaction_id": "42001",
        "success_time": "2026-11-25T12:00:00+08:00",
        "amount": {"total": 1990, "currency": "CNY"},
        **changes,
    }


def from_wechat(
    fixture: GatewayFixture, resource: object = None, key: str = APIV3_KEY, **changes: Any
) -> RawNotification:
    text = resource if isinstance(resource, str) else json.dumps(resource or transaction())
    encrypted = encrypt(text, key.encode(), nonce="0123456789ab", associated_data="transaction")
    content = {"id": "n1", "event_type": "TRANSACTION.SUCCESS", "resource": encrypted, **changes}
    body = json.dumps(content).encode()
    simulator: Any = fixture.simulator
    return raw(fixture, body, simulator._signed(body))


async def verified(fixture: GatewayFixture, notification: RawNotification) -> Notification:
    gateway: Any = fixture.gateway
    result: Notification = await gateway.verify(notification)
    await fixture.aclose()
    return result


ODD: dict[str, tuple[Callable[[Path], GatewayFixture], Callable[..., RawNotification], Any]] = {
    f"{maker.__name__}-{place}": (fixture, maker, changes)
    for fixture, maker, cases in (
        (
            alipay_fixture,
            from_alipay,
            [
                {"total_amount": "19.905"},
                {"total_amount": None},
                {"trade_status": "TRADE_PONDERING"},
                {"trans_currency": "cny"},
                {"gmt_payment": "yesterday"},
                {"trade_no": None},
                {"refund_fee": "1.00", "gmt_refund": "2026-11-25 12:00:01.000"},
            ],
        ),
        (
            unionpay_fixture,
            from_unionpay,
            [
                {"currencyCode": "840"},
                {"txnAmt": "19.90"},
                {"txnAmt": "9" * 30},
                {"queryId": None},
                {"orderId": None},
                {"txnTime": "soon"},
                {"respCode": None},
            ],
        ),
        (
            wechat_fixture,
            from_wechat,
            [
                {"id": None},
                {"id": ["n1"]},
                {"event_type": None},
                {"resource": transaction(amount={"total": 1990, "currency": "cny"})},
                {"resource": transaction(amount={"total": 10**40, "currency": "CNY"})},
                {"resource": transaction(amount={"total": 19.9, "currency": "CNY"})},
                {"resource": transaction(amount={"total": True, "currency": "CNY"})},
                {"resource": transaction(amount=None)},
                {"resource": transaction(transaction_id=None)},
                {"resource": transaction(out_trade_no=7)},
                {"resource": transaction(trade_state={"SUCCESS": 1})},
                {"resource": transaction(success_time="soon")},
                {"resource": transaction(mchid=None)},
                {"resource": "[1, 2]"},
                {"resource": DEEP},
                {"resource": '{"amount": {"total": 1e999}}'},
            ],
        ),
    )
    for place, changes in enumerate(cases)
}


@pytest.mark.parametrize("case", ODD)
async def test_a_genuine_notification_that_cannot_be_read_says_so(
    tmp_path: Path, case: str
) -> None:
    make, maker, changes = ODD[case]
    fixture = make(tmp_path)
    notification = await verified(fixture, maker(fixture, **changes))
    assert notification.problem
    assert (notification.payment, notification.refund) == (None, None)
    assert notification.account == fixture.gateway.account


async def test_deep_json_around_the_resource_cannot_be_read(tmp_path: Path) -> None:
    fixture = wechat_fixture(tmp_path)
    simulator: Any = fixture.simulator
    body = f'{{"id": {DEEP}'.encode()
    notification = await verified(fixture, raw(fixture, body, simulator._signed(body)))
    assert notification.problem


async def test_a_notification_for_another_merchant_is_not_kept(tmp_path: Path) -> None:
    """Any merchant can give our address to the provider."""
    fixture = wechat_fixture(tmp_path)
    gateway: Any = fixture.gateway
    for foreign in (
        from_wechat(fixture, key="another-key-of-32-bytes-of-other"),
        from_wechat(fixture, transaction(mchid="1900000002")),
        from_wechat(fixture, transaction(appid="wx0000000000000002")),
    ):
        with pytest.raises(BadSignature):
            await gateway.verify(foreign)
    await fixture.aclose()


async def test_alipay_without_a_notify_id_has_a_key_for_each_state(tmp_path: Path) -> None:
    fixture = alipay_fixture(tmp_path)
    gateway: Any = fixture.gateway
    keys = [
        (await gateway.verify(from_alipay(fixture, notify_id=None, **changes))).key
        for changes in ({}, {}, {"trade_status": "TRADE_FINISHED"}, {"trade_no": "2"})
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    await fixture.aclose()


async def test_unionpay_in_doubt_and_then_paid_are_two_notifications(tmp_path: Path) -> None:
    fixture = unionpay_fixture(tmp_path)
    gateway: Any = fixture.gateway
    doubt = await gateway.verify(from_unionpay(fixture, respCode="05"))
    paid = await gateway.verify(from_unionpay(fixture))
    assert doubt.key != paid.key
    assert (doubt.payment.amount, paid.payment.amount.minor) == (None, 1990)
    await fixture.aclose()


async def test_the_sandbox_names_its_notifications(tmp_path: Path) -> None:
    fixture = sandbox_fixture(tmp_path)
    simulator: Any = fixture.simulator
    body = b'{"id": null, "trade": {"account": "us"}}'
    headers = simulator.merchant.signer.headers(body, fixture.clock())
    assert (await verified(fixture, raw(fixture, body, headers))).problem
