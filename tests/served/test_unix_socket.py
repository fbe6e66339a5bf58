"""The shop on a Unix socket, behind a proxy that is trusted because it can open it."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from entrepot.assembly.shop import Shop
from tests.served.conftest import environment_of
from tests.servers import READY_WITHIN_SECONDS, STOPPED_WITHIN_SECONDS

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.own_database,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

WRONG = {"login": "nobody@example.com", "password": "wrong"}


def test_clients_of_a_proxy_on_the_socket_have_their_own_attempts(
    stocked: Shop, tmp_path: Path
) -> None:
    path, log = tmp_path / "shop.sock", tmp_path / "log"
    environment = environment_of(
        stocked,
        "https://shop.example",
        ENTREPOT_TRUSTED_PROXIES='["unix"]',
        ENTREPOT_LOG_IN_ATTEMPTS_PER_MINUTE="2",
        ENTREPOT_METRICS_ADDRESS="",
    )
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "entrepot", "serve", "--socket", str(path)],
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        wait_for(path, server, log)
        with httpx.Client(
            transport=httpx.HTTPTransport(uds=str(path)),
            base_url="http://shop",
            timeout=READY_WITHIN_SECONDS,
        ) as client:

            def attempts(address: str) -> list[int]:
                headers = {"x-forwarded-for": address}
                return [
                    client.post("/api/v1/sessions", json=WRONG, headers=headers).status_code
                    for _ in range(3)
                ]

            assert attempts("203.0.113.1") == [401, 401, 429]
            assert attempts("203.0.113.2") == [401, 401, 429]
        server.terminate()
        assert server.wait(timeout=STOPPED_WITHIN_SECONDS) == 0
    finally:
        server.kill()
        server.wait()


def wait_for(path: Path, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not listens(path):
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0
