"""The bundled plugins pass the kit that anybody's plugin passes."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from entrepot import Carrier, Recommender
from entrepot.testing import CarrierSuite, GatewayBench, PaymentGatewaySuite, RecommenderSuite
from plugins.logistics.carrier import FreightCarrier
from plugins.logistics.settings import LogisticsSettings
from plugins.recommend.cooccurrence import CooccurrenceRecommender
from tests.benches import alipay_bench, sandbox_bench, unionpay_bench, wechat_bench


def now() -> datetime:
    return datetime.now(UTC)


class TestSandbox(PaymentGatewaySuite):
    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[GatewayBench]:
        bench = sandbox_bench(tmp_path)
        yield bench
        await bench.aclose()


class TestAlipay(PaymentGatewaySuite):
    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[GatewayBench]:
        bench = alipay_bench(tmp_path)
        yield bench
        await bench.aclose()


class TestAlipayEncrypted(PaymentGatewaySuite):
    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[GatewayBench]:
        bench = alipay_bench(tmp_path, content_key="aa4BtZ4tspm2wnXLb1ThQA==")
        yield bench
        await bench.aclose()


class TestWechat(PaymentGatewaySuite):
    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[GatewayBench]:
        bench = wechat_bench(tmp_path)
        yield bench
        await bench.aclose()


class TestUnionpay(PaymentGatewaySuite):
    @pytest.fixture
    async def bench(self, tmp_path: Path) -> AsyncIterator[GatewayBench]:
        bench = unionpay_bench(tmp_path)
        yield bench
        await bench.aclose()


class TestFreight(CarrierSuite):
    @pytest.fixture
    def carrier(self) -> Carrier:
        return FreightCarrier(LogisticsSettings().read(), "CNY")


class TestCooccurrence(RecommenderSuite):
    @pytest.fixture
    def recommender(self, tmp_path: Path) -> Recommender:
        return CooccurrenceRecommender(tmp_path / "model.json", least_people=5, now=now)
