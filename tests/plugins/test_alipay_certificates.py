"""Certificate mode of Alipay: only Alipay's own certificate, of this seller, valid now."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from entrepot import BadSignature, GatewayStatus, Misconfigured, Unavailable
from entrepot.simulation.certificates import certificate
from entrepot.simulation.keys import new_key
from entrepot.testing import GatewayFixture
from entrepot.testing.payment.steps import pay, reference_of
from plugins.payment_alipay.certificates import certificates_of, serial_of
from plugins.payment_alipay.simulator import MerchantAccount
from tests.gateway_fixtures import MERCHANT, PROVIDER, alipay_fixture
from tests.plugins.certificates import Issued, issue
from tests.plugins.purchases import a_purchase

pytestmark = pytest.mark.anyio

SELLER = "2088000000000001"
ALIPAY = f"支付宝(中国)网络技术有限公司-{SELLER}"
DOWNLOAD = "alipay.open.app.alipaycert.download"
ISSUED = issue("Ant Financial", MERCHANT, PROVIDER, ALIPAY)
ATTACKER = new_key()
OTHER_MERCHANT = certificate(
    ATTACKER.public_key(),
    "2088999999999999-2021999999999999",
    ISSUED.middle_key,
    "middle",
    organisation="Ant Financial",
)


def certificate_fixture(folder: Path, issued: Issued, **changes: object) -> GatewayFixture:
    return alipay_fixture(
        folder,
        **{
            "alipay_public_keys": (),
            "app_certificate": issued.merchant,
            "alipay_certificates": (issued.provider + issued.middle,),
            "root_certificates": issued.root,
            "merchant": MerchantAccount(
                app_id="2021000000000001",
                seller_id=SELLER,
                merchant_key=MERCHANT.public_key(),
                own_key=issued.provider_key,
                serial=serial_of(certificates_of(issued.provider)[0]),
            ),
            **changes,
        },  # type: ignore[arg-type]
    )


def answer_with(fixture: GatewayFixture, key: RSAPrivateKey, *bundle: str) -> None:
    """From now on, the gateway signs with another key, and offers its certificate."""
    content = {"code": "10000", "alipay_cert_content": b64encode("".join(bundle).encode()).decode()}
    merchant: Any = fixture.simulator.merchant
    merchant.own_key = key
    merchant.serial = serial_of(certificates_of(bundle[0])[0])
    merchant.extra = {DOWNLOAD: lambda _content: content}


async def test_a_renewed_certificate_is_fetched_and_accepted(tmp_path: Path) -> None:
    fixture = certificate_fixture(tmp_path, ISSUED)
    purchase = a_purchase(fixture)
    await pay(fixture, purchase)
    assert (await fixture.gateway.query(reference_of(purchase))).status is GatewayStatus.PAID
    renewed = ISSUED.renew(new_key())
    answer_with(fixture, renewed.provider_key, renewed.provider, renewed.middle)
    assert (await fixture.gateway.query(reference_of(purchase))).status is GatewayStatus.PAID
    await fixture.aclose()


@pytest.mark.parametrize(
    "bundle",
    [
        pytest.param((OTHER_MERCHANT, ISSUED.middle), id="another merchant"),
        pytest.param(
            (
                certificate(
                    ATTACKER.public_key(),
                    ALIPAY,
                    ATTACKER,
                    "2088999999999999-2021999999999999",
                    organisation="Ant Financial",
                ),
                OTHER_MERCHANT,
                ISSUED.middle,
            ),
            id="issued by a merchant",
        ),
        pytest.param(
            (
                certificate(
                    ATTACKER.public_key(),
                    ALIPAY.replace(SELLER, "2088999999999999"),
                    ISSUED.middle_key,
                    "middle",
                    organisation="Ant Financial",
                ),
                ISSUED.middle,
            ),
            id="Alipay for another seller",
        ),
        pytest.param(
            (
                certificate(
                    ATTACKER.public_key(), ALIPAY, ATTACKER, "root", organisation="Ant Financial"
                ),
            ),
            id="another authority of that name",
        ),
    ],
)
async def test_a_foreign_certificate_is_not_accepted(
    tmp_path: Path, bundle: tuple[str, ...]
) -> None:
    fixture = certificate_fixture(tmp_path, ISSUED)
    purchase = a_purchase(fixture)
    await pay(fixture, purchase)
    answer_with(fixture, ATTACKER, *bundle)
    with pytest.raises(Unavailable):
        await fixture.gateway.query(reference_of(purchase))
    await fixture.aclose()


async def test_an_expired_certificate_signs_nothing_any_more(tmp_path: Path) -> None:
    fixture = certificate_fixture(tmp_path, ISSUED)
    purchase = a_purchase(fixture)
    await pay(fixture, purchase)
    genuine = fixture.notifications()[-1]
    assert await fixture.gateway.verify(genuine)  # type: ignore[attr-defined]
    fixture.clock.advance(days=11 * 365)
    with pytest.raises(BadSignature):
        await fixture.gateway.verify(fixture.notifications()[-1])  # type: ignore[attr-defined]
    with pytest.raises(Unavailable):
        await fixture.gateway.query(reference_of(purchase))
    await fixture.aclose()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"alipay_certificates": (OTHER_MERCHANT + ISSUED.middle,)}, id="a merchant's"),
        pytest.param({"alipay_certificates": (ISSUED.merchant + ISSUED.middle,)}, id="our own"),
        pytest.param({"seller_id": "2088999999999999"}, id="of another seller"),
        pytest.param(
            {"root_certificates": issue("Ant Financial", MERCHANT, PROVIDER).root},
            id="of another root",
        ),
    ],
)
def test_a_wrong_certificate_in_the_settings_is_refused_at_once(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    with pytest.raises(Misconfigured, match="certificate of Alipay"):
        certificate_fixture(tmp_path, ISSUED, **changes)


async def test_without_a_seller_in_the_settings_the_certificate_names_it(tmp_path: Path) -> None:
    fixture = certificate_fixture(tmp_path, ISSUED, seller_id="")
    purchase = a_purchase(fixture)
    await pay(fixture, purchase)
    assert (await fixture.gateway.query(reference_of(purchase))).status is GatewayStatus.PAID
    await fixture.aclose()
