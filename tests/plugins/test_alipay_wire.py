"""The Alipay protocol against published vectors, and against an independent SDK."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from entrepot import BadSignature, GatewayStatus, RawNotification, Redirect, Unavailable
from entrepot.simulation import ResponseDropped
from entrepot.simulation.keys import new_key, private_pem, public_pem
from entrepot.testing import GatewayFixture
from entrepot.testing.payment.steps import reference_of
from entrepot.wire import public_key, rsa_sign, rsa_verify
from plugins.payment_alipay.certificates import (
    certificates_of,
    root_serial_of,
    serial_of,
)
from plugins.payment_alipay.encryption import decrypt, encrypt
from plugins.payment_alipay.signing import (
    notification_content,
    read_notification,
    request_content,
    top_level,
)
from tests.factories import NOW
from tests.gateway_fixtures import MERCHANT, PROVIDER, alipay_fixture
from tests.plugins.purchases import a_purchase
from tests.plugins.vectors import the_vector, vectors


def key_of(vector: dict[str, Any]) -> RSAPublicKey:
    if "alipay_public_key_base64" in vector:
        return public_key(vector["alipay_public_key_base64"])
    if "alipay_public_key_pem" in vector:
        return public_key(vector["alipay_public_key_pem"])
    key = load_pem_x509_certificate(vector["alipay_certificate_pem"].encode()).public_key()
    assert isinstance(key, RSAPublicKey)
    return key


@pytest.mark.parametrize("vector", vectors("alipay", "async_notify_verify"))
def test_notifications_are_verified_as_published(vector: dict[str, Any]) -> None:
    """The one of the service market is signed by an older rule, which is not for trades."""
    body = vector["raw_form_body"].encode()
    if vector["valid"] and vector["id"] != "ali-notify-node-2":
        assert read_notification(body, [key_of(vector)]) == vector["params"]
        assert notification_content(vector["params"]) == vector["sign_content"]
    else:
        with pytest.raises(BadSignature):
            read_notification(body, [key_of(vector)])


@pytest.mark.parametrize("vector", vectors("alipay", "sync_return_url_verify"))
def test_the_address_of_a_returning_browser_is_signed_like_a_notification(
    vector: dict[str, Any],
) -> None:
    query = urlsplit(vector["url"]).query.encode()
    assert read_notification(query, [key_of(vector)]) == vector["params"]
    with pytest.raises(BadSignature):
        read_notification(query.replace(b"total_amount=", b"total_amount=1"), [key_of(vector)])


@pytest.mark.parametrize(
    "vector", vectors("alipay", "sync_response_verify", "sync_response_sign_content")
)
def test_the_signed_part_of_an_answer_is_found(vector: dict[str, Any]) -> None:
    members = top_level(vector["raw_response"])
    node = members[vector["response_key"]]
    assert node == vector["sign_content"]
    if "signature" in vector:
        assert rsa_verify([key_of(vector)], node.encode(), json.loads(members["sign"]))


@pytest.mark.parametrize("vector", vectors("alipay", "sync_response_verify"))
def test_a_genuine_part_within_a_forged_answer_is_not_accepted(vector: dict[str, Any]) -> None:
    name, genuine = vector["response_key"], vector["sign_content"]
    forged = (
        f'{{"x": {{"{name}": {genuine}}}, "{name}": {{"code": "10000", "trade_status":'
        f' "TRADE_SUCCESS"}}, "sign": {json.dumps(vector["signature"])}}}'
    )
    node = top_level(forged)[name]
    assert node != genuine
    assert not rsa_verify([key_of(vector)], node.encode(), vector["signature"])
    with pytest.raises(ValueError, match=name):
        top_level(f'{{"{name}": {genuine}, "{name}": {{}}}}')


@pytest.mark.parametrize("vector", vectors("alipay", "cert_sn"))
def test_serial_numbers_are_computed_as_published(vector: dict[str, Any]) -> None:
    assert serial_of(certificates_of(vector["certificate_pem"])[0]) == vector["sn"]


def test_the_root_bundle_has_a_certificate_that_is_left_out() -> None:
    vector = the_vector("alipay", "ali-sn-node-root")
    assert root_serial_of(vector["certificate_pem"]) == vector["sn"]
    assert len(certificates_of(vector["certificate_pem"])) == 3


def test_requests_are_signed_as_published() -> None:
    vector = the_vector("alipay", "ali-req-yansongda-1")
    content = request_content(vector["params"])
    assert content == vector["sign_content"]
    assert rsa_verify([public_key(vector["app_public_key_pem"])], content.encode(), vector["sign"])


def test_an_order_string_for_apps_is_signed_as_published() -> None:
    vector = the_vector("alipay_generated", "ali-sdkexecute-node-1")
    fields = dict(parse_qsl(vector["order_string"], keep_blank_values=True))
    key = public_key(vector["app_public_key_pem"])
    assert rsa_verify([key], request_content(fields).encode(), fields["sign"])


def test_content_is_encrypted_as_published() -> None:
    vector = the_vector("alipay", "ali-aes-easysdk-1")
    assert encrypt(vector["plaintext"], vector["key_base64"]) == vector["ciphertext"]
    assert decrypt(vector["ciphertext"], vector["key_base64"]) == vector["plaintext"]


def test_empty_fields_are_signed_and_repeated_fields_are_refused() -> None:
    fields = {"a": "1", "body": "", "sign_type": "RSA2"}
    sign = rsa_sign(PROVIDER, b"a=1&body=")
    body = f"a=1&body=&sign_type=RSA2&sign={sign.replace('+', '%2B')}".encode()
    assert read_notification(body, [PROVIDER.public_key()])["body"] == ""
    for forged in (body + b"&a=1", body.replace(b"RSA2", b"RSA"), body.replace(b"body=&", b"")):
        with pytest.raises(BadSignature):
            read_notification(forged, [PROVIDER.public_key()])
    assert notification_content(fields) == "a=1&body="


# An independent SDK, as merchant and as gateway


@contextmanager
def over_http(fixture: GatewayFixture) -> Iterator[str]:
    """The simulator on a real socket, because the SDK cannot call ASGI."""
    simulator: Any = fixture.simulator
    loop = asyncio.new_event_loop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fields = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            try:
                body = loop.run_until_complete(simulator.answer(fields["method"], fields))
                self.send_response(200)
            except ResponseDropped:
                body = b""
                self.send_response(502)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/gateway.do"
    server.shutdown()
    server.server_close()
    thread.join()
    loop.close()


def an_sdk(key: Any, other: Any) -> Any:
    from alipay import AliPay, AliPayConfig  # noqa: PLC0415 -- imports slowly

    return AliPay(
        "2021000000000001",
        app_notify_url="https://shop.example/notify",
        app_private_key_string=private_pem(key),
        alipay_public_key_string=public_pem(other),
        sign_type="RSA2",
        config=AliPayConfig(timeout=5),
    )


def test_our_simulator_serves_the_sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It signs what we verify, and verifies what we sign."""
    import alipay  # noqa: PLC0415 -- imports slowly

    fixture = alipay_fixture(tmp_path)
    sdk = an_sdk(MERCHANT, PROVIDER)

    class Frozen(alipay.datetime):  # type: ignore[misc]
        @classmethod
        def now(cls, tz: Any = None) -> Any:  # noqa: ARG003
            return cls(2026, 11, 25, 12, 0, 0)

    monkeypatch.setattr(alipay, "datetime", Frozen)
    with over_http(fixture) as address:
        sdk._gateway = address
        asked = sdk.api_alipay_trade_precreate(
            "手机 +100%", "KIT202611250001", "88.88", time_expire="2026-11-25 13:00:00"
        )
        assert asked["qr_code"].endswith("KIT202611250001")
        assert sdk.api_alipay_trade_query(out_trade_no="KIT202611250001")["code"] == "40004"
        fixture.simulator.payment_page.show("KIT202611250001")
        fixture.simulator.trades.pay("KIT202611250001", fixture.clock(), "2026112522001")
        known = sdk.api_alipay_trade_query(out_trade_no="KIT202611250001")
        assert (known["trade_status"], known["total_amount"]) == ("TRADE_SUCCESS", "88.88")
        given = sdk.api_alipay_trade_refund(
            "8.00", out_trade_no="KIT202611250001", out_request_no="R1"
        )
        assert (given["fund_change"], given["refund_fee"]) == ("Y", "8.00")
        twice = sdk.api_alipay_trade_refund(
            "8.00", out_trade_no="KIT202611250001", out_request_no="R1"
        )
        assert twice["fund_change"] == "N"
        too_much = sdk.api_alipay_trade_refund(
            "88.00", out_trade_no="KIT202611250001", out_request_no="R2"
        )
        assert too_much["sub_code"] == "ACQ.REASON_TRADE_REFUND_FEE_ERR"


@pytest.mark.anyio
async def test_the_sdk_verifies_our_requests_and_we_its_answers(tmp_path: Path) -> None:
    fixture = alipay_fixture(tmp_path)
    purchase = a_purchase(fixture)
    action = await fixture.gateway.purchase(purchase)
    assert isinstance(action, Redirect)
    fields = dict(parse_qsl(urlsplit(action.url).query, keep_blank_values=True))
    sign = fields.pop("sign")
    gateway = an_sdk(PROVIDER, MERCHANT)
    content = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
    assert gateway._verify(content, sign)
    assert json.loads(fields["biz_content"])["total_amount"] == "19.90"

    note = {
        "notify_id": "n1",
        "app_id": "2021000000000001",
        "seller_id": "2088000000000001",
        "out_trade_no": purchase.reference,
        "trade_no": "2026112522001",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "19.90",
        "gmt_payment": "2026-11-25 12:00:01",
        "subject": "青瓷茶壶 + 杯",
        "body": "",
    }
    body = f"{gateway.sign_data(dict(note))}&sign_type=RSA2".encode()
    raw = RawNotification(headers={}, query={}, body=body, received_at=NOW)
    answer = await fixture.gateway.verify(raw)  # type: ignore[attr-defined]
    assert answer.payment.amount == purchase.amount
    await fixture.aclose()


@pytest.mark.anyio
async def test_the_sdk_verifies_our_notifications(tmp_path: Path) -> None:
    fixture = alipay_fixture(tmp_path)
    purchase = a_purchase(fixture)
    await fixture.pay(await fixture.gateway.purchase(purchase), purchase.reference)
    fields = dict(parse_qsl(fixture.notifications()[-1].body.decode(), keep_blank_values=True))
    sign = fields.pop("sign")
    assert an_sdk(MERCHANT, PROVIDER).verify(dict(fields), sign)
    assert not an_sdk(MERCHANT, PROVIDER).verify({**fields, "total_amount": "0.01"}, sign)
    await fixture.aclose()


@pytest.mark.anyio
@pytest.mark.parametrize("wrong", ["app_id", "seller_id"])
async def test_a_genuine_notification_for_another_merchant_is_refused(
    tmp_path: Path, wrong: str
) -> None:
    fixture = alipay_fixture(tmp_path)
    purchase = a_purchase(fixture)
    action = await fixture.gateway.purchase(purchase)
    await fixture.follow(action)
    setattr(fixture.simulator.merchant, wrong, "2088999999999999")
    await fixture.simulator.payment_page.confirm(purchase.reference)
    with pytest.raises(BadSignature):
        await fixture.gateway.verify(fixture.notifications()[-1])  # type: ignore[attr-defined]
    await fixture.aclose()


@pytest.mark.anyio
async def test_the_next_key_is_accepted_beside_the_current_one(tmp_path: Path) -> None:
    following = new_key()
    fixture = alipay_fixture(
        tmp_path, alipay_public_keys=(public_pem(PROVIDER), public_pem(following))
    )
    purchase = a_purchase(fixture)
    await fixture.pay(await fixture.gateway.purchase(purchase), purchase.reference)
    fixture.simulator.merchant.own_key = following
    assert (await fixture.gateway.query(reference_of(purchase))).status is GatewayStatus.PAID
    fixture.simulator.merchant.own_key = new_key()
    with pytest.raises(Unavailable):
        await fixture.gateway.query(reference_of(purchase))
    await fixture.aclose()
