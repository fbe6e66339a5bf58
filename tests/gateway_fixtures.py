"""The bundled gateways, each connected to its simulator."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from litestar import Litestar, Router
from pydantic import SecretStr

from entrepot import PaymentGateway
from entrepot.simulation import GatewaySimulator, Notifier, TradeStore
from entrepot.simulation.keys import new_key, private_pem, public_pem
from entrepot.testing import GatewayFixture, SimulatedTransport, TestClock
from plugins.payment_alipay.gateway import AlipayGateway
from plugins.payment_alipay.settings import AlipayAccount
from plugins.payment_alipay.simulation import routes_of as alipay_routes
from plugins.payment_alipay.simulator import AlipaySimulator
from plugins.payment_alipay.simulator import MerchantAccount as AlipayMerchant
from plugins.payment_sandbox.gateway import SandboxGateway
from plugins.payment_sandbox.routes import routes_of as sandbox_routes
from plugins.payment_sandbox.signing import Signer
from plugins.payment_sandbox.simulator import MerchantAccount as SandboxMerchant
from plugins.payment_sandbox.simulator import Simulator as SandboxSimulator
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

Simulator = TypeVar("Simulator", bound=GatewaySimulator[Any])


def simulator_of(
    kind: type[Simulator], merchant: object, folder: Path, clock: TestClock
) -> Simulator:
    return kind(
        merchant=merchant,
        trades=TradeStore(folder / "trades.db"),
        notifier=Notifier(()),
        now=clock,
        url="http://gateway",
    )


def connected(
    routes: Router,
    make: Callable[[SimulatedTransport], PaymentGateway],
    simulator: GatewaySimulator[Any],
    clock: TestClock,
    **facts: Any,
) -> GatewayFixture:
    """``facts`` are the ``secrets`` and the ``window`` of the fixture."""
    transport = SimulatedTransport(Litestar([routes], openapi_config=None, logging_config=None))
    fixture = GatewayFixture(
        gateway=make(transport), simulator=simulator, transport=transport, clock=clock, **facts
    )
    OPEN_FIXTURES.append(fixture)
    return fixture


def sandbox_fixture(folder: Path, gateway: type[SandboxGateway] = SandboxGateway) -> GatewayFixture:
    clock, signer = TestClock(), Signer(SECRET.encode())
    merchant = SandboxMerchant(name="us", signer=signer)
    simulator = simulator_of(SandboxSimulator, merchant, folder, clock)
    make = partial(
        gateway, url="http://gateway/sandbox-gateway", account="us", signer=signer, now=clock
    )
    return connected(
        sandbox_routes(simulator),
        lambda transport: make(transport=transport),
        simulator,
        clock,
        secrets=(SECRET,),
        window=timedelta(minutes=5),
    )


def alipay_fixture(
    folder: Path, merchant: AlipayMerchant | None = None, **changes: object
) -> GatewayFixture:
    """In public-key mode; ``changes`` are of the account."""
    clock = TestClock()
    account = AlipayAccount.model_validate(
        {
            "app_id": "2021000000000001",
            "seller_id": "2088000000000001",
            "private_key": private_pem(MERCHANT),
            "alipay_public_keys": (public_pem(PROVIDER),),
            "url": "http://gateway/alipay-simulator/gateway.do",
            **changes,
        }
    )
    known = merchant or AlipayMerchant(
        app_id="2021000000000001",
        seller_id="2088000000000001",
        merchant_key=MERCHANT.public_key(),
        own_key=PROVIDER,
        content_key=str(changes.get("content_key", "")),
    )
    simulator = simulator_of(AlipaySimulator, known, folder, clock)
    return connected(
        alipay_routes(simulator),
        lambda transport: AlipayGateway(account, now=clock, transport=transport),
        simulator,
        clock,
        secrets=(private_pem(MERCHANT)[100:160], private_pem(MERCHANT)),
    )


def wechat_fixture(folder: Path, **changes: object) -> GatewayFixture:
    """In public-key mode; ``changes`` are of the account."""
    clock = TestClock()
    account = WechatAccount.model_validate(
        {
            "merchant_id": "1900000001",
            "app_id": "wx0000000000000001",
            "serial": "5E15EED1",
            "private_key": private_pem(MERCHANT),
            "apiv3_key": APIV3_KEY,
            "public_keys": {WECHAT_SERIAL: public_pem(PROVIDER)},
            "url": "http://gateway/wechat-simulator",
            **changes,
        }
    )
    simulator = simulator_of(WechatSimulator, wechat_merchant(), folder, clock)
    return connected(
        wechat_routes(simulator),
        lambda transport: WechatGateway(account, now=clock, transport=transport),
        simulator,
        clock,
        secrets=(private_pem(MERCHANT)[100:160], APIV3_KEY),
        window=timedelta(minutes=5),
    )


def wechat_merchant() -> WechatMerchant:
    return WechatMerchant(
        merchant_id="1900000001",
        app_id="wx0000000000000001",
        serial="5E15EED1",
        merchant_key=MERCHANT.public_key(),
        apiv3_key=APIV3_KEY.encode(),
        own_serial=WECHAT_SERIAL,
        own_key=PROVIDER,
        https_only=True,
    )


def unionpay_fixture(folder: Path) -> GatewayFixture:
    clock = TestClock()
    account = UnionpayAccount(
        merchant_id=MERCHANT_ID,
        private_key=SecretStr(private_pem(MERCHANT)),
        certificate=AUTHORITY.merchant,
        root_certificate=AUTHORITY.root,
        middle_certificates=(AUTHORITY.middle,),
        url="http://gateway/unionpay-simulator",
    )
    merchant = UnionpayMerchant(
        merchant_id=MERCHANT_ID,
        merchant_key=MERCHANT.public_key(),
        certificate=AUTHORITY.leaf,
        own_key=PROVIDER,
    )
    simulator = simulator_of(UnionpaySimulator, merchant, folder, clock)
    return connected(
        unionpay_routes(simulator),
        lambda transport: UnionpayGateway(account, now=clock, transport=transport),
        simulator,
        clock,
        secrets=(private_pem(MERCHANT)[100:160],),
    )
