"""Bundled plugins pass the same contract suites as third-party plugins."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot import Carrier, Recommender
from entrepot.testing import CarrierSuite, GatewayFixture, PaymentGatewaySuite, RecommenderSuite
from plugins.logistics.carrier import FreightCarrier
from plugins.logistics.settings import LogisticsSettings
from plugins.recommend.cooccurrence import CooccurrenceRecommender
from tests.gateway_fixtures import alipay_fixture, sandbox_fixture, unionpay_fixture, wechat_fixture


def now() -> datetime:
    return datetime.now(UTC)


class TestSandbox(PaymentGatewaySuite):
    @pytest.fixture
    async def gateway_fixture(self, tmp_path: Path) -> AsyncIterator[GatewayFixture]:
        gateway_fixture = sandbox_fixture(tmp_path)
        yield gateway_fixture
        await gateway_fixture.aclose()


class TestAlipay(PaymentGatewaySuite):
    @pytest.fixture
    async def gateway_fixture(self, tmp_path: Path) -> AsyncIterator[GatewayFixture]:
        gateway_fixture = alipay_fixture(tmp_path)
        yield gateway_fixture
        await gateway_fixture.aclose()


class TestAlipayEncrypted(PaymentGatewaySuite):
    @pytest.fixture
    async def gateway_fixture(self, tmp_path: Path) -> AsyncIterator[GatewayFixture]:
        gateway_fixture = alipay_fixture(tmp_path, content_key="aa4BtZ4tspm2wnXLb1ThQA==")
        yield gateway_fixture
        await gateway_fixture.aclose()


class TestWechat(PaymentGatewaySuite):
    @pytest.fixture
    async def gateway_fixture(self, tmp_path: Path) -> AsyncIterator[GatewayFixture]:
        gateway_fixture = wechat_fixture(tmp_path)
        yield gateway_fixture
        await gateway_fixture.aclose()


class TestUnionpay(PaymentGatewaySuite):
    @pytest.fixture
    async def gateway_fixture(self, tmp_path: Path) -> AsyncIterator[GatewayFixture]:
        gateway_fixture = unionpay_fixture(tmp_path)
        yield gateway_fixture
        await gateway_fixture.aclose()


class TestFreight(CarrierSuite):
    @pytest.fixture
    def carrier(self) -> Carrier:
        return FreightCarrier(LogisticsSettings().read("CNY"))


class TestCooccurrence(RecommenderSuite):
    @pytest.fixture
    def new_recommender(self, tmp_path: Path) -> Callable[[], Recommender]:
        return lambda: CooccurrenceRecommender(tmp_path / "model.json", least_people=5, now=now)


@pytest.mark.parametrize("make", [alipay_fixture, wechat_fixture, unionpay_fixture])
def test_a_gateway_client_shows_no_secret(
    tmp_path: Path, make: Callable[[Path], GatewayFixture]
) -> None:
    fixture = make(tmp_path)
    client = vars(fixture.gateway)["_client"]
    shown = f"{client!r} {vars(client)}"
    assert "_key" in shown
    assert [secret for secret in fixture.secrets if secret in shown] == []
