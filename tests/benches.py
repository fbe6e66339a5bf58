"""Each bundled gateway beside its simulator."""

from datetime import timedelta
from pathlib import Path

from litestar import Litestar

from entrepot.simulation import Book, Notifier
from entrepot.simulation.keys import new_key, private_pem, public_pem
from entrepot.testing import GatewayBench, Plug, TestClock
from plugins.payment_alipay.gateway import AlipayGateway
from plugins.payment_alipay.settings import AlipayAccount
from plugins.payment_alipay.simulation import routes_of as alipay_routes
from plugins.payment_alipay.simulator import AlipaySimulator
from plugins.payment_alipay.simulator import Party as AlipayParty
from plugins.payment_sandbox.gateway import SandboxGateway
from plugins.payment_sandbox.routes import routes_of
from plugins.payment_sandbox.signing import Signer
from plugins.payment_sandbox.simulator import Simulator

MERCHANT, PROVIDER = new_key(), new_key()
SECRET = "a secret of the tests, long enough"


def sandbox_bench(folder: Path, gateway: type[SandboxGateway] = SandboxGateway) -> GatewayBench:
    clock = TestClock()
    signer = Signer(SECRET.encode())
    simulator = Simulator(
        book=Book(folder / "trades.db"),
        notifier=Notifier(()),
        signer=signer,
        account="us",
        now=clock,
    )
    plug = Plug(Litestar([routes_of(simulator)], openapi_config=None))
    return GatewayBench(
        gateway=gateway(
            url="http://gateway/sandbox-gateway",
            account="us",
            signer=signer,
            now=clock,
            transport=plug,
        ),
        simulator=simulator,
        plug=plug,
        clock=clock,
        secrets=(SECRET,),
        window=timedelta(minutes=5),
    )


def alipay_bench(
    folder: Path, gateway: type[AlipayGateway] = AlipayGateway, **changes: object
) -> GatewayBench:
    """In public-key mode; ``changes`` are of the account, and of the party of that name."""
    clock = TestClock()
    settings: dict[str, object] = {
        "app_id": "2021000000000001",
        "seller_id": "2088000000000001",
        "private_key": private_pem(MERCHANT),
        "alipay_public_keys": (public_pem(PROVIDER),),
        "url": "http://gateway/alipay-simulator/gateway.do",
    }
    party = changes.pop("party", None) or AlipayParty(
        app_id="2021000000000001",
        seller_id="2088000000000001",
        app_key=MERCHANT.public_key(),
        own_key=PROVIDER,
        content_key=str(changes.get("content_key", "")),
    )
    assert isinstance(party, AlipayParty)
    simulator = AlipaySimulator(
        party=party,
        book=Book(folder / "trades.db"),
        notifier=Notifier(()),
        now=clock,
        url="http://gateway",
    )
    plug = Plug(Litestar([alipay_routes(simulator)], openapi_config=None))
    account = AlipayAccount.model_validate({**settings, **changes})
    return GatewayBench(
        gateway=gateway(account, now=clock, transport=plug),
        simulator=simulator,
        plug=plug,
        clock=clock,
        secrets=(private_pem(MERCHANT)[100:160], private_pem(MERCHANT)),
    )
