"""A worker process that a plugin ends is started again, and the plugin is named."""

from pathlib import Path

import httpx
import pytest

from entrepot.assembly.shop import Shop
from tests.commands import command
from tests.installed import install_plugin
from tests.served.conftest import environment_of
from tests.servers import free_port, served, wait_until_ready

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.own_database,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

CRASHER = """
import os
from litestar import get
from entrepot import Capability, Manifest, hookimpl

manifest = Manifest(
    name="crasher", version="1.0", api=">=1,<2", capabilities=frozenset({Capability.ROUTES})
)

@get("/crash", sync_to_thread=False)
def crash() -> None:
    os._exit(3)

@get("/fail", sync_to_thread=False)
def fail() -> None:
    raise SystemExit

@hookimpl
def entrepot_routes(context):
    return [crash, fail]
"""


async def test_a_worker_that_a_plugin_ends_is_started_again(
    stocked: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, log, port = tmp_path / "site", tmp_path / "log", free_port()
    install_plugin(site, "crasher", CRASHER)
    base = f"http://127.0.0.1:{port}"
    environment = environment_of(
        stocked, base, PYTHONPATH=str(site), ENTREPOT_METRICS_ADDRESS="shop"
    )
    with served(["serve"], environment, log, port) as (_, server):
        async with httpx.AsyncClient(base_url=base, timeout=60) as client:
            assert (await client.get("/fail")).status_code == 503
            metrics = (await client.get("/metrics")).text
            assert (
                'entrepot_plugin_failures_total{plugin="crasher",purpose="routes"} 1.0' in metrics
            )
            monkeypatch.syspath_prepend(str(site))
            listed = await command(stocked, "plugins", "list")
            assert "failing" in next(row for row in listed.output.splitlines() if "crasher" in row)
        for _ in range(2):
            async with httpx.AsyncClient(base_url=base, timeout=60) as client:
                with pytest.raises(httpx.HTTPError):
                    await client.get("/crash")
            wait_until_ready(base, server, log)
    assert log.read_text().count('"running_plugins":["crasher routes"]') == 2


async def test_a_server_that_cannot_start_ends(stocked: Shop, tmp_path: Path) -> None:
    environment = environment_of(
        stocked, "http://127.0.0.1", ENTREPOT_PLUGINS_REQUIRED='["absent"]'
    )
    with (
        pytest.raises(AssertionError, match="absent"),
        served(["serve"], environment, tmp_path / "log"),
    ):
        pass
