"""Each bundled gateway, connected to its simulator."""

from datetime import timedelta
from pathlib import Path

from litestar import Litestar, Router

from entrepot.simulation import Notifier, TradeStore
from entrepot.simulation.keys import new_key, private_pem, public_pem
from entrepot.testing import GatewayFixture, SimulatedTransport, TestClock
from plugins.payment_alipay.gateway import AlipayGateway
from plugins.payment_alipay.settings import AlipayAccount
from plugins.payment_alipay.simulation import routes_of as alipay_routes
from plugins.payment_alipay.simulator import AlipaySimulator
from plugins.payment_alipay.simulator import MerchantAccount as AlipayMerchant
from plugins.payment_sandbox.gateway import SandboxGateway
from plugins.payment_sandbox.routes import routes_of
from plugins.payment_sandbox.signing import Signer
from plugins.payment_sandbox.simulator import MerchantAccount as SandboxMerchant
from plugins.payment_sandbox.simulator import Simulator
from plugins.payment_unionpay.gateway import UnionpayGateway
from plugins.payment_unionpay.settings import UnionpayAccount
from plugins.payment_unionpay.simulation import MERCHANT_ID, authority_of
from plugins.payment_unionpay.simulation import routes_of as unionpay_routes
from plugins.payment_unionpay.simulator import MerchantAccount as UnionpayMerchant
from plugins.payment_unionpay.simulator import UnionpaySimulator
from plugins.payment_wechat.gateway import WechatGateway
from plugins.payment_wechat.settings import WechatAccount
from plugins.payment_wechat.simulation import routes_of as wechat_routes
from plugins.payment_wechat.simulator import MerchantAccount as WechatMerchant
from plugins.payment_wechat.simulator import WechatSimulator

MERCHANT, PROVIDER = new_key(), new_key()
SECRET = "a secret of the tests, long enough"
ROOT, MIDDLE = new_key(), new_key()
AUTHORITY = authority_of(ROOT, MIDDLE, PROVIDER.public_key(), MERCHANT.public_key())
WECHAT_SERIAL = "PUB_KEY_ID_0119000000012026112500000000"
APIV3_KEY = "a-key-of-the-tests-with-32-bytes"

OPEN_FIXTURES: list[GatewayFixture] = []
"""Their trade stores are closed after the test."""


def registered(fixture: GatewayFixture) -> GatewayFixture:
    OPEN_FIXTURES.append(fixture)
    return fixture


def transport_to(routes: Router) -> SimulatedTransport:
    return SimulatedTransport(Litestar([routes], openapi_config=None, logging_config=None))


def sandbox_fixture(folder: Path, gateway: type[SandboxGateway] = SandboxGateway) -> GatewayFixture:
    clock = TestClock()
    signer = Signer(SECRET.encode())
    simulator = Simulator(
        trades=TradeStore(folder / "trades.db"),
        notifier=Notifier(()),
        merchant=SandboxMerchant(name="us", signer=signer),
        now=clock,
    )
    transport = SimulatedTransport(
        Litestar([routes_of(simulator)], openapi_config=None, logging_config=None)
    )
    return registered(
        GatewayFixture(
            gateway=gateway(
                url="http://gateway/sandbox-gateway",
                account="us",
                signer=signer,
                now=clock,
                transport=transport,
            ),
            simulator=simulator,
            transport=transport,
            clock=clock,
            secrets=(SECRET,),
            window=timedelta(minutes=5),
        )
    )


def alipay_fixture(
    folder: Path, gateway: type[AlipayGateway] = AlipayGateway, **changes: object
) -> GatewayFixture:
    """In public-key mode; ``changes`` are of the account, and of the merchant of that name."""
    clock = TestClock()
    settings: dict[str, object] = {
        "app_id": "2021000000000001",
        "seller_id": "2088000000000001",
        "private_key": private_pem(MERCHANT),
        "alipay_public_keys": (public_pem(PROVIDER),),
        "url": "http://gateway/alipay-simulator/gateway.do",
    }
    merchant = changes.pop("merchant", None) or AlipayMerchant(
        app_id="2021000000000001",
        seller_id="2088000000000001",
        merchant_key=MERCHANT.public_key(),
        own_key=PROVIDER,
        content_key=str(changes.get("content_key", "")),
    )
    assert isinstance(merchant, AlipayMerchant)
    simulator = AlipaySimulator(
        merchant=merchant,
        trades=TradeStore(folder / "trades.db"),
        notifier=Notifier(()),
        now=clock,
        url="http://gateway",
    )
    transport = SimulatedTransport(
        Litestar([alipay_routes(simulator)], openapi_config=None, logging_config=None)
    )
    account = AlipayAccount.model_validate({**settings, **changes})
    return registered(
        GatewayFixture(
            gateway=gateway(account, now=clock, transport=transport),
            simulator=simulator,
            transport=transport,
            clock=clock,
            secrets=(private_pem(MERCHANT)[100:160], private_pem(MERCHANT)),
        )
    )


def wechat_fixture(
    folder: Path, gateway: type[WechatGateway] = WechatGateway, **changes: object
) -> GatewayFixture:
    """In public-key mode; ``changes`` are of the account, and of the merchant of that name."""
    clock = TestClock()
    settings: dict[str, object] = {
        "merchant_id": "1900000001",
        "app_id": "wx0000000000000001",
        "serial": "5E15EED1",
        "private_key": private_pem(MERCHANT),
        "apiv3_key": APIV3_KEY,
        "public_keys": {WECHAT_SERIAL: public_pem(PROVIDER)},
        "url": "http://gateway/wechat-simulator",
    }
    merchant = changes.pop("merchant", None) or WechatMerchant(
        merchant_id="1900000001",
        app_id="wx0000000000000001",
        serial="5E15EED1",
        merchant_key=MERCHANT.public_key(),
        apiv3_key=APIV3_KEY.encode(),
        own_serial=WECHAT_SERIAL,
        own_key=PROVIDER,
        https_only=True,
    )
    assert isinstance(merchant, WechatMerchant)
    simulator = WechatSimulator(
        merchant=merchant,
        trades=TradeStore(folder / "trades.db"),
        notifier=Notifier(()),
        now=clock,
        url="http://gateway",
    )
    transport = SimulatedTransport(
        Litestar([wechat_routes(simulator)], openapi_config=None, logging_config=None)
    )
    account = WechatAccount.model_validate({**settings, **changes})
    return registered(
        GatewayFixture(
            gateway=gateway(account, now=clock, transport=transport),
            simulator=simulator,
            transport=transport,
            clock=clock,
            secrets=(private_pem(MERCHANT)[100:160], APIV3_KEY),
            window=timedelta(minutes=5),
        )
    )


def unionpay_fixture(
    folder: Path, gateway: type[UnionpayGateway] = UnionpayGateway, **changes: object
) -> GatewayFixture:
    """``changes`` are of the account, and of the merchant of that name."""
    clock = TestClock()
    settings: dict[str, object] = {
        "merchant_id": MERCHANT_ID,
        "private_key": private_pem(MERCHANT),
        "certificate": AUTHORITY.merchant,
        "root_certificate": AUTHORITY.root,
        "middle_certificates": (AUTHORITY.middle,),
        "url": "http://gateway/unionpay-simulator",
    }
    merchant = changes.pop("merchant", None) or UnionpayMerchant(
        merchant_id=MERCHANT_ID,
        merchant_key=MERCHANT.public_key(),
        certificate=AUTHORITY.leaf,
        own_key=PROVIDER,
    )
    assert isinstance(merchant, UnionpayMerchant)
    simulator = UnionpaySimulator(
        merchant=merchant,
        trades=TradeStore(folder / "trades.db"),
        notifier=Notifier(()),
        now=clock,
        url="http://gateway",
    )
    transport = SimulatedTransport(
        Litestar([unionpay_routes(simulator)], openapi_config=None, logging_config=None)
    )
    account = UnionpayAccount.model_validate({**settings, **changes})
    return registered(
        GatewayFixture(
            gateway=gateway(account, now=clock, transport=transport),
            simulator=simulator,
            transport=transport,
            clock=clock,
            secrets=(private_pem(MERCHANT)[100:160],),
        )
    )
