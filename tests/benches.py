"""Each bundled gateway beside its simulator."""

from datetime import timedelta
from pathlib import Path

from litestar import Litestar

from entrepot.simulation import Book, Notifier
from entrepot.testing import GatewayBench, Plug, TestClock
from plugins.payment_sandbox.gateway import SandboxGateway
from plugins.payment_sandbox.routes import routes_of
from plugins.payment_sandbox.signing import Signer
from plugins.payment_sandbox.simulator import Simulator

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
