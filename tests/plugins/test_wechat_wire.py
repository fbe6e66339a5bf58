"""The WeChat Pay protocol against published vectors, and against an independent SDK."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import anyio
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificate

from entrepot import (
    AppParameters,
    BadSignature,
    GatewayRefundStatus,
    GatewayStatus,
    InAppParameters,
    RawNotification,
    RefundRequest,
    Scene,
    Unavailable,
)
from entrepot.simulation import ResponseDropped
from entrepot.simulation.keys import new_key, private_pem, public_pem
from entrepot.testing import GatewayFixture, TestClock
from entrepot.testing.payment.steps import reference_of
from entrepot.wire import public_key, rsa_verify
from plugins.payment_wechat.platform import Platform
from plugins.payment_wechat.signing import (
    SCHEME,
    answer_message,
    authorization,
    decrypt,
    encrypt,
    request_message,
)
from tests.gateway_fixtures import APIV3_KEY, MERCHANT, PROVIDER, WECHAT_SERIAL, wechat_fixture
from tests.plugins.certificates import issue
from tests.plugins.purchases import a_purchase
from tests.plugins.vectors import vectors

pytestmark = pytest.mark.anyio


def pem_of(certificate: str) -> str:
    key = load_pem_x509_certificate(certificate.encode()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize("vector", vectors("wechat", "rsa_sha256_pkcs1v15_sign"))
def test_texts_are_signed_as_published(vector: dict[str, Any]) -> None:
    key = public_key(vector["public_key_pem"])
    assert rsa_verify([key], vector["message"].encode(), vector["signature"])
    if "must_fail_with_public_key_pem" in vector:
        other = public_key(vector["must_fail_with_public_key_pem"])
        assert not rsa_verify([other], vector["message"].encode(), vector["signature"])
        assert rsa_verify([other, key], vector["message"].encode(), vector["signature"])


@pytest.mark.parametrize(
    "vector", vectors("wechat", "authorization_string_to_sign", "authorization_header")
)
def test_requests_are_signed_as_published(vector: dict[str, Any]) -> None:
    message = request_message(
        vector["method"],
        vector["canonical_url"],
        vector["timestamp"],
        vector["nonce"],
        vector["body"],
    )
    assert message == vector["string_to_sign"]
    if "signature" in vector:
        key = public_key(vector["public_key_pem"])
        assert rsa_verify([key], message.encode(), vector["signature"])
    if "authorization" in vector:
        certificate = load_pem_x509_certificate(vector["certificate_pem"].encode())
        fields = {
            "mchid": vector["mchid"],
            "nonce_str": vector["nonce"],
            "timestamp": vector["timestamp"],
            "serial_no": f"{certificate.serial_number:X}",
            "signature": vector["signature"],
        }
        assert authorization(fields) == vector["authorization"]


@pytest.mark.parametrize("vector", vectors("wechat", "invoke_pay_sign"))
def test_parameters_for_pages_and_apps_are_signed_as_published(vector: dict[str, Any]) -> None:
    in_page = vector["product"] != "app"
    last = f"prepay_id={vector['prepay_id']}" if in_page else vector["prepay_id"]
    lines = (vector["appid"], vector["timestamp"], vector["nonce"], last)
    message = "".join(f"{line}\n" for line in lines)
    assert message == vector["string_to_sign"]
    key = public_key(vector["public_key_pem"])
    assert rsa_verify([key], message.encode(), vector["signature"])


def platform_of(vector: dict[str, Any], serial: str) -> Platform:
    pem = vector.get("public_key_pem") or pem_of(vector["platform_certificate_pem"])
    return Platform({serial: pem}, b"", lambda: datetime.now(UTC), None)


@pytest.mark.parametrize(
    "vector", vectors("wechat", "response_verify", "notify_verify_and_decrypt")
)
async def test_answers_and_notifications_are_verified_as_published(vector: dict[str, Any]) -> None:
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    headers.setdefault("wechatpay-serial", "PUB_KEY_ID_1")
    headers.setdefault("wechatpay-signature-type", SCHEME)
    stamp = int(headers["wechatpay-timestamp"])
    now = datetime.fromtimestamp(vector.get("now_for_replay_window", stamp), UTC)
    platform = platform_of(vector, headers["wechatpay-serial"].lstrip("0"))
    body = vector["body"].encode()
    await platform.check(headers, body, now)
    reserialised = json.dumps(json.loads(body)).encode() if body else b" "
    wrong = [
        ({**headers, "wechatpay-signature-type": "WECHATPAY2-SM2-WITH-SM3"}, body, now),
        ({**headers, "wechatpay-signature": "WECHATPAY/SIGNTEST/abc"}, body, now),
        ({**headers, "wechatpay-serial": "ABCDEF"}, body, now),
        (headers, body + b" ", now),
        (headers, body, datetime.fromtimestamp(stamp + 300, UTC)),
        (headers, body, datetime.fromtimestamp(stamp - 300, UTC)),
    ]
    if reserialised != body:
        wrong.append((headers, reserialised, now))
    for case in wrong:
        with pytest.raises(BadSignature):
            await platform.check(*case)


@pytest.mark.parametrize(
    "vector",
    vectors("wechat", "aes_gcm_decrypt", "aes_gcm_encrypt_decrypt"),
)
def test_resources_are_encrypted_as_published(vector: dict[str, Any]) -> None:
    key = vector["apiv3_key"].encode()
    assert decrypt(vector, key) == vector["plaintext"]
    encrypted = encrypt(
        vector["plaintext"],
        key,
        nonce=vector["nonce"],
        associated_data=vector["associated_data"],
    )
    assert encrypted["ciphertext"] == vector["ciphertext"]
    with pytest.raises(ValueError, match="this key"):
        decrypt({**vector, "associated_data": "other"}, key)


@pytest.mark.parametrize("vector", vectors("wechat", "notify_verify_and_decrypt"))
def test_the_resource_of_a_notification_is_decrypted_as_published(vector: dict[str, Any]) -> None:
    resource = json.loads(vector["body"])["resource"]
    assert decrypt(resource, vector["apiv3_key"].encode()) == vector["plaintext"]


@pytest.mark.parametrize("vector", vectors("wechat", "certificate_download"))
def test_certificates_are_read_as_published(vector: dict[str, Any]) -> None:
    key = vector["apiv3_key"].encode()
    platform = Platform({}, key, lambda: datetime.now(UTC), None)
    platform.load_certificates(vector["response_body"].encode())
    expected = load_pem_x509_certificate(vector["expected_certificate_pem"].encode())
    assert list(platform._keys) == [f"{expected.serial_number:X}"]


# Keys that change


def certificates(pem: str) -> bytes:
    certificate = load_pem_x509_certificate(pem.encode())
    encrypted = encrypt(
        pem, APIV3_KEY.encode(), nonce="0123456789ab", associated_data="certificate"
    )
    each = {
        "serial_no": f"{certificate.serial_number:X}",
        "effective_time": "2026-01-01T00:00:00+08:00",
        "expire_time": "2036-01-01T00:00:00+08:00",
        "encrypt_certificate": encrypted,
    }
    return json.dumps({"data": [each]}).encode()


async def test_signatures_by_key_and_by_certificate_are_accepted_together(tmp_path: Path) -> None:
    """During a migration from certificates to a public key, WeChat signs with both."""
    fixture = wechat_fixture(tmp_path, platform_certificates=True)
    merchant: Any = fixture.simulator.merchant
    issued = issue("Tenpay", MERCHANT, new_key())
    merchant.certificates = certificates(issued.provider)
    purchase = a_purchase(fixture)
    await fixture.pay(await fixture.gateway.purchase(purchase), purchase.reference)
    by_key = fixture.notifications()[-1]
    serial = load_pem_x509_certificate(issued.provider.encode()).serial_number
    merchant.own_key, merchant.own_serial = issued.provider_key, f"{serial:X}"
    assert (await fixture.gateway.query(reference_of(purchase))).status is GatewayStatus.PAID
    assert await fixture.gateway.verify(by_key)  # type: ignore[attr-defined]
    renewed = issued.renew(new_key())
    merchant.certificates = certificates(renewed.provider)
    serial = load_pem_x509_certificate(renewed.provider.encode()).serial_number
    merchant.own_key, merchant.own_serial = renewed.provider_key, f"{serial:X}"
    fixture.clock.advance(minutes=2)
    assert (await fixture.gateway.query(reference_of(purchase))).status is GatewayStatus.PAID
    await fixture.aclose()


async def test_an_unknown_serial_causes_one_call_per_minute() -> None:
    """Anyone can send this header, so it must not cause a call for each request."""
    clock = TestClock()
    asked: list[datetime] = []

    async def fetch() -> bytes:
        asked.append(clock())
        raise Unavailable

    platform = Platform({}, APIV3_KEY.encode(), clock, fetch)
    headers = {
        "wechatpay-timestamp": str(int(clock().timestamp())),
        "wechatpay-nonce": "n",
        "wechatpay-serial": "ABC",
        "wechatpay-signature": "x",
    }
    for _ in range(5):
        with pytest.raises(BadSignature):
            await platform.check(headers, b"{}", clock())
    assert len(asked) == 1
    clock.advance(minutes=2)
    with pytest.raises(BadSignature):
        await platform.check(
            {**headers, "wechatpay-timestamp": str(int(clock().timestamp()))}, b"{}", clock()
        )
    assert len(asked) == 2


async def test_refunds_are_processed_first_and_notified_later(tmp_path: Path) -> None:
    fixture = wechat_fixture(tmp_path)
    gateway: Any = fixture.gateway
    purchase = a_purchase(fixture)
    await fixture.pay(await gateway.purchase(purchase), purchase.reference)
    for number, ending, status in (
        ("F2026112500000001", "succeeded", GatewayRefundStatus.SUCCEEDED),
        ("F2026112500000002", "failed", GatewayRefundStatus.FAILED),
    ):
        request = RefundRequest(
            payment=reference_of(purchase),
            reference=number,
            amount=replace(purchase.amount, minor=900),
            requested_at=fixture.clock(),
            notify_url=purchase.notify_url,
        )
        assert (await gateway.refund(request)).status is GatewayRefundStatus.PENDING
        await fixture.simulator.finish_refund(number, ending)
        answer = await gateway.verify(fixture.notifications()[-1])
        assert (answer.refund.reference, answer.refund.status) == (number, status)
        assert (await gateway.query_refund(request)).status is status
    await fixture.aclose()


async def test_pages_within_wechat_and_apps_get_signed_parameters(tmp_path: Path) -> None:
    fixture = wechat_fixture(tmp_path)
    in_app = await fixture.gateway.purchase(a_purchase(fixture, Scene.IN_APP))
    assert isinstance(in_app, InAppParameters)
    fields = in_app.parameters
    lines = (fields["appId"], fields["timeStamp"], fields["nonceStr"], fields["package"])
    message = "".join(f"{line}\n" for line in lines).encode()
    assert rsa_verify([MERCHANT.public_key()], message, fields["paySign"])
    fixture.clock.advance(seconds=1)
    app = await fixture.gateway.purchase(a_purchase(fixture, Scene.APP))
    assert isinstance(app, AppParameters)
    lines = (
        app.parameters["appid"],
        app.parameters["timestamp"],
        app.parameters["noncestr"],
        app.parameters["prepayid"],
    )
    message = "".join(f"{line}\n" for line in lines).encode()
    assert rsa_verify([MERCHANT.public_key()], message, app.parameters["sign"])
    await fixture.aclose()


@pytest.mark.parametrize("wrong", ["merchant_id", "app_id", "apiv3_key"])
async def test_a_genuine_notification_for_another_merchant_is_refused(
    tmp_path: Path, wrong: str
) -> None:
    fixture = wechat_fixture(tmp_path)
    purchase = a_purchase(fixture)
    await fixture.follow(await fixture.gateway.purchase(purchase))
    other = b"another-key-of-32-bytes-which-is-" if wrong == "apiv3_key" else "someone-else"
    setattr(fixture.simulator.merchant, wrong, other[:32])
    await fixture.simulator.payment_page.confirm(purchase.reference)
    with pytest.raises(BadSignature):
        await fixture.gateway.verify(fixture.notifications()[-1])  # type: ignore[attr-defined]
    await fixture.aclose()


# An independent SDK, as merchant and as gateway


@contextmanager
def over_http(fixture: GatewayFixture) -> Iterator[str]:
    """The simulator on a real socket, because the SDK cannot call ASGI."""
    simulator: Any = fixture.simulator

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                answer = anyio.run(
                    simulator.answer, self.command, self.path, headers, self.rfile.read(length)
                )
            except ResponseDropped:
                self.send_error(502)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def an_sdk(address: str) -> Any:
    from wechatpayv3 import WeChatPay, WeChatPayType  # noqa: PLC0415 -- imports slowly

    sdk = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid="1900000001",
        private_key=private_pem(MERCHANT),
        cert_serial_no="5E15EED1",
        appid="wx0000000000000001",
        apiv3_key=APIV3_KEY,
        notify_url="https://shop.example/notify",
        public_key=public_pem(PROVIDER),
        public_key_id=WECHAT_SERIAL,
        timeout=(3, 5),
    )
    sdk._core._gate_way = address
    return sdk


def test_our_simulator_serves_the_sdk(tmp_path: Path) -> None:
    """It signs what we verify, and verifies what we sign, at the current time."""
    fixture = wechat_fixture(tmp_path)
    fixture.clock.at = datetime.now(UTC)
    with over_http(fixture) as address:
        sdk = an_sdk(address)
        number = "KIT202611250001"
        later = fixture.clock.at.replace(microsecond=0).isoformat()
        status, text = sdk.pay(
            description="手机 +100%",
            out_trade_no=number,
            amount={"total": 8888, "currency": "CNY"},
            time_expire=later.replace(later[:4], "2036"),
        )
        assert status == 200, text
        assert json.loads(text)["code_url"].endswith(number)
        fixture.simulator.trades.pay(number, fixture.clock(), "4200001")
        status, text = sdk.query(out_trade_no=number)
        answer = json.loads(text)
        assert (answer["trade_state"], answer["amount"]["total"]) == ("SUCCESS", 8888)
        money = {"refund": 800, "total": 8888, "currency": "CNY"}
        status, text = sdk.refund(out_refund_no="R1", amount=money, out_trade_no=number)
        assert json.loads(text)["status"] == "PROCESSING"
        money = {"refund": 8888, "total": 8888, "currency": "CNY"}
        status, text = sdk.refund(out_refund_no="R2", amount=money, out_trade_no=number)
        assert status == 400
        status, _ = sdk.close(out_trade_no="KIT202611250002")
        assert status == 204


async def test_the_sdk_verifies_our_notifications(tmp_path: Path) -> None:
    fixture = wechat_fixture(tmp_path)
    purchase = a_purchase(fixture)
    await fixture.pay(await fixture.gateway.purchase(purchase), purchase.reference)
    raw = fixture.notifications()[-1]
    names = {
        "-".join(part.capitalize() for part in name.split("-")): value
        for name, value in raw.headers.items()
    }
    sdk = an_sdk("http://127.0.0.1:1")
    answer = sdk.callback(names, raw.body.decode())
    assert answer["event_type"] == "TRANSACTION.SUCCESS"
    assert answer["resource"]["out_trade_no"] == purchase.reference
    assert sdk.callback(names, raw.body.decode().replace("SUCCESS", "success")) is None
    await fixture.aclose()


async def test_we_verify_what_the_sdk_signs(tmp_path: Path) -> None:
    from wechatpayv3.utils import rsa_sign  # noqa: PLC0415 -- imports slowly

    fixture = wechat_fixture(tmp_path)
    resource = {
        "mchid": "1900000001",
        "appid": "wx0000000000000001",
        "out_trade_no": "A12345678",
        "trade_state": "SUCCESS",
        "transaction_id": "42001",
        "success_time": "2026-11-25T12:00:00+08:00",
        "amount": {"total": 1, "currency": "CNY"},
    }
    encrypted = encrypt(
        json.dumps(resource),
        APIV3_KEY.encode(),
        nonce="0123456789ab",
        associated_data="transaction",
    )
    body = json.dumps({"id": "n1", "event_type": "TRANSACTION.SUCCESS", "resource": encrypted})
    stamp = str(int(fixture.clock().timestamp()))
    headers = {
        "wechatpay-timestamp": stamp,
        "wechatpay-nonce": "n",
        "wechatpay-serial": WECHAT_SERIAL,
        "wechatpay-signature-type": SCHEME,
        "wechatpay-signature": rsa_sign(PROVIDER, f"{stamp}\nn\n{body}\n"),
    }
    assert rsa_verify(
        [PROVIDER.public_key()],
        answer_message(stamp, "n", body.encode()),
        headers["wechatpay-signature"],
    )
    raw = RawNotification(
        headers=headers, query={}, body=body.encode(), received_at=fixture.clock()
    )
    answer = await fixture.gateway.verify(raw)  # type: ignore[attr-defined]
    assert answer.payment.amount.minor == 1
    await fixture.aclose()


@pytest.mark.parametrize("wrong", ["expired", "of a merchant", "of another number"])
async def test_a_platform_certificate_that_is_not_wechats_is_not_accepted(
    tmp_path: Path, wrong: str
) -> None:
    fixture = wechat_fixture(tmp_path, platform_certificates=True)
    organisation = "微信商户系统" if wrong == "of a merchant" else "Tenpay.com"
    issued = issue(organisation, MERCHANT, new_key(), "Tenpay.com sign")
    serial = load_pem_x509_certificate(issued.provider.encode()).serial_number
    answer = certificates(issued.provider)
    if wrong == "of another number":
        answer = answer.replace(f"{serial:X}".encode(), b"ABC")
    if wrong == "expired":
        fixture.clock.advance(days=11 * 365)
    purchase = a_purchase(fixture)
    await fixture.pay(await fixture.gateway.purchase(purchase), purchase.reference)
    merchant: Any = fixture.simulator.merchant
    merchant.certificates = answer
    merchant.own_key, merchant.own_serial = issued.provider_key, f"{serial:X}"
    fixture.clock.advance(minutes=2)
    with pytest.raises(Unavailable):
        await fixture.gateway.query(reference_of(purchase))
    await fixture.aclose()
