"""Redis is a helper: people log in without it, and it is in the logs and the metrics."""

import asyncio
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from dependency_injector import providers
from structlog.testing import capture_logs

from adapters.web import shared_store
from adapters.web.rate_limits import SIGN_IN
from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop
from tests.servers import READY_WITHIN_SECONDS, free_port

pytest.importorskip("redis")
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

FACES = ["/api/v1/sessions", "/api/v1/staff-sessions"]
WRONG = {"login": "nobody@example.com", "password": "wrong"}
SAYS_UP = 'entrepot_shared_store_up{store="redis"} 1.0'
SAYS_DOWN = 'entrepot_shared_store_up{store="redis"} 0.0'


@asynccontextmanager
async def client_of(shop: Shop, port: int) -> AsyncIterator[httpx.AsyncClient]:
    url = f"redis://127.0.0.1:{port}/0"
    shop.settings.override(shop.settings().model_copy(update={"redis_url": url}))
    # Only the limiter in front counts here, and not the limit of guesses in the database.
    limits = shop.guess_limits()
    unlimited = replace(limits, visitor=replace(limits.visitor, free=1_000))
    shop.guess_limits.override(providers.Object(unlimited))
    app = assemble(shop)
    async with (
        app.app.lifespan(),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
            base_url="http://shop.test",
        ) as client,
    ):
        yield client


async def attempts(client: httpx.AsyncClient, path: str, number: int) -> list[int]:
    """Each attempt is at another account: an account has a limit of its own."""
    wrong = [{**WRONG, "login": f"{uuid4()}@example.com"} for _ in range(number)]
    return [(await client.post(path, json=each)).status_code for each in wrong]


async def metrics(client: httpx.AsyncClient) -> str:
    return (await client.get("/metrics")).text


@pytest.mark.parametrize("path", FACES)
async def test_people_log_in_without_redis_and_each_process_counts(shop: Shop, path: str) -> None:
    with capture_logs() as logs:
        async with client_of(shop, free_port()) as client:
            assert SAYS_UP in await metrics(client)
            assert await attempts(client, path, 11) == [401] * 10 + [429]
            assert SAYS_DOWN in await metrics(client)
    events = [each for each in logs if each.get("store") == "redis"]
    assert [each["log_level"] for each in events] == ["error"]


async def test_only_the_first_request_waits_for_a_redis_that_hangs(shop: Shop) -> None:
    connections = 0

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.read()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with server, client_of(shop, server.sockets[0].getsockname()[1]) as client:
        assert await attempts(client, FACES[0], 1) == [401]
        first = connections
        assert first > 0
        assert await attempts(client, FACES[0], 10) == [401] * 9 + [429]
        assert connections == first


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    command = shutil.which("redis-server")
    if command is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    options = ["--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(tmp_path)]
    with subprocess.Popen([command, *options], stdout=subprocess.DEVNULL) as process:
        yield port, process
        process.send_signal(signal.SIGCONT)
        process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGSTOP")
async def test_redis_counts_again_when_it_comes_back(
    shop: Shop, redis: tuple[int, "subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_store, "RETRY_SECONDS", 0.0)
    port, process = redis
    async with client_of(shop, port) as client:
        # Until the new process listens, the local store counts.
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        store = client._transport.app.app.stores.get(SIGN_IN)  # type: ignore[attr-defined]
        while time.monotonic() < deadline:
            await store.set("ready", b"1")
            if SAYS_UP in await metrics(client):
                break
        assert await attempts(client, FACES[0], 3) == [401] * 3
        process.send_signal(signal.SIGSTOP)
        assert await attempts(client, FACES[0], 2) == [401] * 2
        assert SAYS_DOWN in await metrics(client)
        with capture_logs() as logs:
            process.send_signal(signal.SIGCONT)
            assert await attempts(client, FACES[0], 8) == [401] * 7 + [429]
            assert SAYS_UP in await metrics(client)
        assert "shared store answers again" in [each["event"] for each in logs]
