"""The UnionPay protocol against real signatures of its gateway, and chains made with openssl."""

import base64
import shutil
import subprocess
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from entrepot import (
    BadSignature,
    GatewayRefundStatus,
    GatewayStatus,
    RawNotification,
    RefundRequest,
)
from entrepot.simulation.certificates import certificate
from entrepot.simulation.keys import new_key
from entrepot.testing import GatewayFixture
from entrepot.testing.payment.steps import reference_of
from entrepot.wire import parse_china_time, private_key, read_form, rsa_sign
from plugins.payment_unionpay.chain import Chain
from plugins.payment_unionpay.signing import content, digest, signed, verify
from plugins.payment_unionpay.simulation import MERCHANT, UNIONPAY
from tests.gateway_fixtures import AUTHORITY, MIDDLE, PROVIDER, unionpay_fixture
from tests.plugins.purchases import a_purchase
from tests.plugins.vectors import the_vector, vectors

REAL = vectors("unionpay", "response_or_notify_verify_5.1.0")
SIGNERS = ("中国银联股份有限公司",)


def test_requests_are_signed_as_by_a_real_merchant() -> None:
    vector = the_vector("unionpay", "up-req-yansongda-1")
    assert content(vector["params"]) == vector["sign_content"]
    assert digest(vector["params"]).decode() == vector["digest_hex"]
    merchant = load_pem_x509_certificate(vector["certificate_pem"].encode())
    key = merchant.public_key()
    assert isinstance(key, RSAPublicKey)
    assert verify({**vector["params"], "signature": vector["signature"]}, key)
    assert str(merchant.serial_number) == vector["cert_id"]


@pytest.mark.parametrize("vector", REAL)
def test_real_answers_are_accepted_at_their_time_and_not_when_changed(
    vector: dict[str, Any],
) -> None:
    fields = read_form(vector["raw_form_body"].encode())
    assert fields == vector["params"]
    chain = Chain(vector["root_cert_pem"], [vector["middle_cert_pem"]], SIGNERS)
    at = parse_china_time(fields["txnTime"], "%Y%m%d%H%M%S")
    key = chain.key_of(fields["signPubKeyCert"], at)
    assert verify(fields, key)
    changed = [
        {**fields, "txnAmt": f"{fields.get('txnAmt', '')}0"},
        {**fields, "signPubKeyCert": fields["signPubKeyCert"].replace("\r\n", "\n")},
        {**fields, "version": "5.0.0"},
        {name: value for name, value in fields.items() if name != "signPubKeyCert"},
    ]
    assert not any(verify(each, key) for each in changed)
    with pytest.raises(BadSignature):
        chain.key_of(fields["signPubKeyCert"], datetime(2026, 11, 25, tzinfo=UTC))


@pytest.mark.parametrize("vector", REAL)
def test_a_merchants_certificate_of_the_same_authority_is_not_unionpay(
    vector: dict[str, Any],
) -> None:
    merchant = the_vector("unionpay", "up-req-yansongda-1")["certificate_pem"]
    chain = Chain(vector["root_cert_pem"], [vector["middle_cert_pem"]], SIGNERS)
    begun = load_pem_x509_certificate(merchant.encode()).not_valid_before_utc
    with pytest.raises(BadSignature):
        chain.key_of(merchant, begun + timedelta(days=1))


def test_a_certificate_with_any_byte_changed_is_refused() -> None:
    """The certificate comes from the sender: a changed one only raises BadSignature."""
    chain = Chain(AUTHORITY.root, [AUTHORITY.middle], SIGNERS)
    genuine = load_pem_x509_certificate(AUTHORITY.leaf.encode()).public_bytes(Encoding.DER)
    for spot in range(len(genuine)):
        changed = bytearray(genuine)
        changed[spot] ^= 1 + spot % 255
        armour = base64.encodebytes(changed).decode()
        pem = f"-----BEGIN CERTIFICATE-----\n{armour}-----END CERTIFICATE-----\n"
        with pytest.raises(BadSignature):
            chain.key_of(pem, datetime.now(UTC))


def test_hashing_once_is_not_hashing_twice() -> None:
    fields = {"version": "5.1.0", "signMethod": "01", "orderId": "12345678"}
    assert verify(signed(fields, PROVIDER), PROVIDER.public_key())
    once = {**fields, "signature": rsa_sign(PROVIDER, content(fields).encode())}
    assert not verify(once, PROVIDER.public_key())


@dataclass(frozen=True, slots=True)
class Openssl:
    """An authority made with the `openssl` command, without code of this project."""

    folder: Path

    def run(self, *arguments: str) -> None:
        subprocess.run(
            ["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, timeout=60
        )

    def authority(self, name: str, subject: str, issuer: str = "", digest: str = "sha256") -> str:
        """Write ``name.key`` and ``name.pem``, signed by ``issuer`` or by itself; the PEM."""
        self.run("genrsa", "-out", f"{name}.key", "2048")
        common = ("-subj", f"/C=CN/O=Test/CN={subject}", "-utf8")
        if not issuer:
            self.run(
                *("req", "-x509", "-new", "-key", f"{name}.key", "-days", "3650", f"-{digest}"),
                *("-out", f"{name}.pem", *common),
            )
        else:
            self.run("req", "-new", "-key", f"{name}.key", "-out", f"{name}.csr", *common)
            self.run(
                *("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem"),
                *("-CAkey", f"{issuer}.key", "-CAcreateserial", "-days", "3650", f"-{digest}"),
                *("-out", f"{name}.pem"),
            )
        return (self.folder / f"{name}.pem").read_text()

    def key(self, name: str) -> RSAPrivateKey:
        return private_key((self.folder / f"{name}.key").read_text())


@pytest.fixture
def openssl(tmp_path: Path) -> Openssl:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return Openssl(tmp_path)


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_a_chain_made_with_openssl_is_followed(openssl: Openssl, digest: str) -> None:
    """UnionPay's own authority still signs with SHA-1."""
    root = openssl.authority("root", "Root", digest=digest)
    middle = openssl.authority("middle", "Middle", "root", digest)
    leaf = openssl.authority("leaf", UNIONPAY, "middle", digest)
    now = datetime.now(UTC)
    key = Chain(root, [middle], SIGNERS).key_of(leaf, now)
    fields = signed({"version": "5.1.0", "signMethod": "01", "a": "1"}, openssl.key("leaf"))
    assert verify(fields, key)


@pytest.mark.parametrize("attack", ["own authority", "self-signed", "by the leaf", "another name"])
def test_an_embedded_foreign_certificate_is_refused(openssl: Openssl, attack: str) -> None:
    """The sender of a message chooses the certificate in it."""
    root = openssl.authority("root", "Root")
    middle = openssl.authority("middle", "Middle", "root")
    openssl.authority("leaf", UNIONPAY, "middle")
    match attack:
        case "own authority":
            openssl.authority("evil-root", "Root")
            openssl.authority("evil-middle", "Middle", "evil-root")
            forged = openssl.authority("forged", UNIONPAY, "evil-middle")
        case "self-signed":
            forged = openssl.authority("forged", UNIONPAY)
        case "by the leaf":
            forged = openssl.authority("forged", UNIONPAY, "leaf")
        case _:
            forged = openssl.authority("forged", MERCHANT, "middle")
    with pytest.raises(BadSignature):
        Chain(root, [middle], SIGNERS).key_of(forged, datetime.now(UTC))


async def a_paid_fixture(folder: Path) -> GatewayFixture:
    fixture = unionpay_fixture(folder)
    purchase = a_purchase(fixture)
    await fixture.pay(await fixture.gateway.purchase(purchase), purchase.reference)
    return fixture


@pytest.mark.anyio
async def test_a_notification_signed_by_an_embedded_foreign_certificate_pays_nothing(
    tmp_path: Path,
) -> None:
    fixture = await a_paid_fixture(tmp_path)
    genuine = fixture.notifications()[-1]
    evil_root, evil = new_key(), new_key()
    fields = read_form(genuine.body)
    for pem in (
        certificate(evil.public_key(), UNIONPAY, evil_root, "Simulated middle"),
        certificate(evil.public_key(), MERCHANT, MIDDLE, "Simulated middle"),
    ):
        forged = signed({**fields, "signature": "", "signPubKeyCert": pem}, evil)
        raw = RawNotification(
            headers={},
            query={},
            body=urlencode(forged).encode(),
            received_at=genuine.received_at,
        )
        with pytest.raises(BadSignature):
            await fixture.gateway.verify(raw)  # type: ignore[attr-defined]
    assert await fixture.gateway.verify(genuine)  # type: ignore[attr-defined]
    await fixture.aclose()


@pytest.mark.anyio
async def test_a_renewed_certificate_of_the_same_authority_is_accepted(tmp_path: Path) -> None:
    fixture = await a_paid_fixture(tmp_path)
    renewed = new_key()
    merchant: Any = fixture.simulator.merchant
    merchant.own_key = renewed
    merchant.certificate = certificate(renewed.public_key(), UNIONPAY, MIDDLE, "Simulated middle")
    purchase = a_purchase(fixture)
    assert (await fixture.gateway.query(reference_of(purchase))).status is GatewayStatus.PAID
    assert AUTHORITY.leaf != merchant.certificate
    await fixture.aclose()


@pytest.mark.anyio
@pytest.mark.parametrize(("days", "kind"), [(0, "31"), (1, "04")])
async def test_a_whole_refund_is_a_reversal_on_the_same_day_and_a_refund_later(
    tmp_path: Path, days: int, kind: str
) -> None:
    fixture = await a_paid_fixture(tmp_path)
    gateway: Any = fixture.gateway
    purchase = a_purchase(fixture)
    known = await gateway.query(reference_of(purchase))
    fixture.clock.advance(days=days)
    request = RefundRequest(
        payment=replace(reference_of(purchase), provider_reference=known.provider_reference),
        reference="F2026112500000001",
        amount=purchase.amount,
        requested_at=fixture.clock(),
        notify_url=purchase.notify_url,
    )
    assert (await gateway.refund(request)).status is GatewayRefundStatus.PENDING
    record = fixture.simulator.trades.find_refund(request.reference)
    assert record is not None
    assert record.facts["type"] == kind
    await fixture.simulator.finish_refund(request.reference)
    notification = await gateway.verify(fixture.notifications()[-1])
    assert (notification.refund.status, notification.refund.amount) == (
        GatewayRefundStatus.SUCCEEDED,
        purchase.amount,
    )
    assert (await gateway.query_refund(request)).status is GatewayRefundStatus.SUCCEEDED
    await fixture.aclose()
