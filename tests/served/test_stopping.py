"""A server stops at a signal and leaves no process behind."""

import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from entrepot.assembly.shop import Shop
from tests.served.conftest import environment_of
from tests.servers import STOPPED_WITHIN_SECONDS, free_port, served

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.own_database]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
def test_a_server_stops_although_a_client_is_connected(
    stocked: Shop, tmp_path: Path, number: signal.Signals
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with (
        served(["serve"], environment_of(stocked, base), tmp_path / "log", port) as (_, server),
        httpx.Client(base_url=base, timeout=60) as client,
    ):
        assert client.get("/health/live").is_success
        server.send_signal(number)
        assert server.wait(timeout=STOPPED_WITHIN_SECONDS) == 0, (tmp_path / "log").read_text()
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
        # The server leads a process group: its workers are in it.
        with pytest.raises(ProcessLookupError):
            os.killpg(server.pid, 0)
