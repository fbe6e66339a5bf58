"""The HTTP client of a gateway works on every event loop that the shop calls the plugin on."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.plugins.guards import PluginGuards
from adapters.plugins.limits import PluginLimits, Purpose
from entrepot.wire import http_client

pytestmark = pytest.mark.anyio


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """A server that keeps connections open."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (line := await reader.readline()) != b"":
            if line == b"\r\n":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_client_has_connections_for_each_loop(guards: PluginGuards, address: str) -> None:
    client = http_client(None)

    async def fetch() -> str:
        return (await client.get(address)).text

    for guard in (guards.of("bank"), guards.of("bank", Purpose.NOTIFICATIONS)) * 2:
        guard.limits = PluginLimits()
        assert await guard.call(fetch, str) == "ok"
    # The next call gets a new loop, as after a call that blocked the old one.
    await asyncio.to_thread(guards.of("bank").close)
    assert await guards.of("bank").call(fetch, str) == "ok"
    await guards.of("bank").aclose(client)
