"""The bundled plugins pass the kit that anybody's plugin passes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from entrepot import Carrier, PaymentGateway, Recommender
from entrepot.testing import CarrierSuite, PaymentGatewaySuite, RecommenderSuite
from plugins.logistics.carrier import FreightCarrier
from plugins.logistics.settings import LogisticsSettings
from plugins.payment_sandbox.gateway import SandboxGateway
from plugins.payment_sandbox.pages import routes_of
from plugins.payment_sandbox.signing import Signer
from plugins.payment_sandbox.simulator import Simulator
from plugins.payment_sandbox.trades import Trades
from plugins.recommend.cooccurrence import CooccurrenceRecommender


def now() -> datetime:
    return datetime.now(UTC)


class TestSandbox(PaymentGatewaySuite):
    @pytest.fixture
    async def gateway(self, tmp_path: Path) -> AsyncIterator[PaymentGateway]:
        signer = Signer(b"a secret of the tests, long enough")
        simulator = Simulator(
            trades=Trades(tmp_path / "trades.db"), signer=signer, account="us", now=now
        )
        app = Litestar([routes_of(simulator)], openapi_config=None)
        gateway = SandboxGateway(
            url="http://gateway/sandbox-gateway",
            account="us",
            signer=signer,
            now=now,
            transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        )
        yield gateway
        await gateway.aclose()
        await simulator.aclose()


class TestFreight(CarrierSuite):
    @pytest.fixture
    def carrier(self) -> Carrier:
        return FreightCarrier(LogisticsSettings().read(), "CNY")


class TestCooccurrence(RecommenderSuite):
    @pytest.fixture
    def recommender(self, tmp_path: Path) -> Recommender:
        return CooccurrenceRecommender(tmp_path / "model.json", least_people=5, now=now)
