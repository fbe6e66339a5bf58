"""Metrics have a port of their own, and each process of a server has one."""

from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from entrepot.assembly.shop import Shop
from tests.served.conftest import environment_of
from tests.servers import free_port, served

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.own_database,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

REQUESTS = "entrepot_requests_total"


def environment(shop: Shop, base: str, **more: str) -> Mapping[str, str]:
    return environment_of(shop, base, ENTREPOT_WORKER_IN_SERVER="false", **more)


def test_each_process_serves_its_metrics_and_the_shop_serves_none(
    stocked: Shop, tmp_path: Path
) -> None:
    port, metrics = free_port(), free_port()
    base = f"http://127.0.0.1:{port}"
    settings = environment(stocked, base, ENTREPOT_METRICS_ADDRESS=f"127.0.0.1:{metrics}")
    with served(["serve", "--workers", "2"], settings, tmp_path / "log", port):
        for _ in range(40):
            assert httpx.get(f"{base}/health/live").is_success
        assert httpx.get(f"{base}/metrics").status_code == 404
        log = (tmp_path / "log").read_text()
        ports = [each for each in range(metrics, metrics + 64) if f'"port":{each},' in log]
        answers = [httpx.get(f"http://127.0.0.1:{each}/metrics").text for each in ports]
    assert len(answers) == 2
    assert any(REQUESTS in each for each in answers)


def test_the_log_has_only_what_the_level_says(stocked: Shop, tmp_path: Path) -> None:
    for level, port in (("info", free_port()), ("error", free_port())):
        base, log = f"http://127.0.0.1:{port}", tmp_path / level
        metrics = f"127.0.0.1:{free_port()}"
        settings = environment(
            stocked, base, ENTREPOT_LOG_LEVEL=level, ENTREPOT_METRICS_ADDRESS=metrics
        )
        with served(["serve"], settings, log, port):
            httpx.post(f"{base}/notify/sandbox", content=b"forged")
        assert ("notification not accepted" in log.read_text()) is (level == "info")
