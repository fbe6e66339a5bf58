"""Outgoing calls end, whatever the other side does, and reach only what they may reach."""

import ast
import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from adapters.outgoing import public_network
from adapters.outgoing.client import (
    CallLimits,
    OutgoingClient,
    ResponseTooLarge,
    ResponseTooSlow,
    public_client,
)
from adapters.outgoing.public_network import is_public
from adapters.webhooks.sender import WebhookSender
from core.domain.events import StockChanged
from core.domain.identifiers import ProductId
from entrepot.wire import http_client, send_request
from ports.errors import OutcomeUnknown, Unavailable
from ports.events.outbox import Envelope
from ports.events.webhooks import Webhook

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
LIMITS = CallLimits(seconds=30, max_bytes=100_000)
QUICK = CallLimits(seconds=0.3, max_bytes=100_000)
LOOPBACK = [ip_network("127.0.0.0/8")]
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
ZEROS = bytes(65_536)
BOMB = gzip.compress(bytes(50_000_000))
CLIENTS = {"AsyncClient", "Client", "AsyncHTTPTransport", "HTTPTransport", "get", "post", "stream"}

Respond = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    url: str = ""
    requests: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def serving(respond: Respond) -> AsyncIterator[Server]:
    """A server that answers each request with ``respond``, until its client is gone."""
    server = Server()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server.requests.append(await reader.readuntil(b"\r\n\r\n"))
            await respond(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with listener:
        server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
        yield server


def text(head: str, body: bytes = b"") -> Respond:
    async def respond(writer: asyncio.StreamWriter) -> None:
        writer.write(f"{head}\r\n".encode() + body)
        await writer.drain()

    return respond


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(f"{HEAD}\r\n".encode())
    while True:
        writer.write(ZEROS)
        await writer.drain()


async def dripping(writer: asyncio.StreamWriter) -> None:
    writer.write(f"{HEAD}\r\n".encode())
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.01)


async def dripping_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD.encode())
    while True:
        writer.write(b"x: y\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def test_a_response_without_an_end_is_given_up() -> None:
    async with serving(endless) as server, OutgoingClient(LIMITS) as client:
        with pytest.raises(ResponseTooLarge):
            await client.get(server.url)


@pytest.mark.parametrize("respond", [dripping, dripping_headers])
async def test_a_response_that_keeps_coming_is_given_up_in_time(respond: Respond) -> None:
    async with serving(respond) as server, OutgoingClient(QUICK) as client:
        with pytest.raises(ResponseTooSlow):
            await client.get(server.url)


async def test_a_small_response_that_decompresses_to_much_is_given_up() -> None:
    assert len(BOMB) < LIMITS.max_bytes
    head = f"{HEAD}Content-Encoding: gzip\r\nContent-Length: {len(BOMB)}\r\n"
    async with serving(text(head, BOMB)) as server, OutgoingClient(LIMITS) as client:
        with pytest.raises(ResponseTooLarge):
            await client.get(server.url)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip"])
async def test_a_content_coding_that_was_not_asked_for_is_refused(coding: str) -> None:
    head = f"{HEAD}Content-Encoding: {coding}\r\n"
    async with serving(text(head, b"x")) as server, OutgoingClient(LIMITS) as client:
        with pytest.raises(httpx.DecodingError):
            await client.get(server.url)


@pytest.mark.parametrize(
    ("coding", "body"),
    [("gzip", gzip.compress("茶壶".encode())), ("identity", "茶壶".encode())],
    ids=["gzip", "identity"],
)
async def test_an_ordinary_response_arrives_whole(coding: str, body: bytes) -> None:
    head = f"{HEAD}Content-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n"
    async with serving(text(head, body)) as server, OutgoingClient(LIMITS) as client:
        answer = await client.get(server.url)
        assert (answer.status_code, answer.text) == (200, "茶壶")
        assert b"br" not in server.requests[0].lower().partition(b"accept-encoding:")[2][:20]


async def test_no_redirect_is_followed() -> None:
    async with serving(text(f"{HEAD}Content-Length: 0\r\n")) as target:
        head = f"HTTP/1.1 302 Found\r\nLocation: {target.url}\r\nContent-Length: 0\r\n"
        async with serving(text(head)) as server, OutgoingClient(LIMITS) as client:
            assert (await client.get(server.url)).status_code == 302
        assert target.requests == []


async def test_a_call_to_a_gateway_that_never_ends_has_an_unknown_outcome() -> None:
    async with serving(dripping) as server, http_client(None, 0.3) as client:
        with pytest.raises(OutcomeUnknown):
            await send_request(client, client.build_request("POST", server.url))
    async with serving(endless) as server, http_client(None, max_bytes=1_000) as client:
        with pytest.raises(OutcomeUnknown):
            await send_request(client, client.build_request("POST", server.url))


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("1.1.1.1", True),
        ("2606:4700:4700::1111", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:1.1.1.1", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::101:101", True),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", False),
    ],
)
def test_an_address_that_leads_inside_is_not_public(address: str, public: bool) -> None:  # noqa: FBT001
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
async def test_a_receiver_inside_is_not_called(host: str) -> None:
    async with serving(text(f"{HEAD}Content-Length: 0\r\n")) as server:
        url = str(server.url).replace("127.0.0.1", host)
        async with public_client(LIMITS) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(url)
        assert server.requests == []
        async with public_client(LIMITS, LOOPBACK) as client:
            assert (await client.get(server.url)).status_code == 200


async def test_a_name_that_resolves_differently_the_second_time_leads_nowhere_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The address that was checked is the one that is used: there is no second lookup."""
    answers = [["127.0.0.2"], ["127.0.0.1"]]
    asked: list[str] = []

    async def resolve(host: str, _port: int) -> list[Any]:
        asked.append(host)
        return [ip_address(each) for each in answers.pop(0)]

    monkeypatch.setattr(public_network, "resolve", resolve)
    async with serving(text(f"{HEAD}Content-Length: 0\r\n")) as server:
        port = httpx.URL(server.url).port
        async with public_client(QUICK, [ip_network("127.0.0.2/32")]) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(f"http://rebinding.example:{port}/")
            with pytest.raises(httpx.ConnectError):
                await client.get(f"http://rebinding.example:{port}/")
        assert server.requests == []
        assert asked == ["rebinding.example"] * 2


async def test_one_private_address_among_public_ones_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def resolve(_host: str, _port: int) -> list[Any]:
        return [ip_address("1.1.1.1"), ip_address("10.0.0.1")]

    monkeypatch.setattr(public_network, "resolve", resolve)
    async with public_client(LIMITS) as client:
        with pytest.raises(httpx.ConnectError, match="not a public address"):
            await client.get("http://mixed.example/")


async def send_event(url: str, allowed: Any = LOOPBACK) -> None:
    sender = WebhookSender(b"key", lambda: datetime.now(UTC), allowed)
    webhook = Webhook(id=UUID(int=1), url=url, kinds=frozenset(), created_at=datetime.now(UTC))
    event = StockChanged(at=datetime.now(UTC), product_id=ProductId(UUID(int=2)))
    try:
        await sender.send(webhook, [Envelope(id=UUID(int=3), event=event)])
    finally:
        await sender.aclose()


async def test_a_webhook_receiver_that_never_ends_its_answer_has_answered() -> None:
    """Its status says that it has the event. Sending it again would not make it end."""
    async with serving(endless) as server:
        await send_event(server.url)
    assert len(server.requests) == 1


@pytest.mark.parametrize("head", ["HTTP/1.1 302 Found\r\nLocation: /\r\n", "HTTP/1.1 500 No\r\n"])
async def test_a_webhook_is_not_delivered_by_a_redirect_or_an_error(head: str) -> None:
    async with serving(text(f"{head}Content-Length: 0\r\n")) as server:
        with pytest.raises(Unavailable):
            await send_event(server.url)
    assert len(server.requests) == 1


async def test_a_webhook_reaches_the_network_of_the_shop_only_if_the_settings_say_so() -> None:
    async with serving(text(f"{HEAD}Content-Length: 0\r\n")) as server:
        with pytest.raises(Unavailable):
            await send_event(server.url, allowed=())
        assert server.requests == []
        await send_event(server.url)
        assert len(server.requests) == 1


def only_outgoing(tree: ast.AST) -> list[int]:
    """The lines that make an HTTP client of httpx."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "httpx"
        and node.attr in CLIENTS
        and isinstance(node.ctx, ast.Load)
    ]


def test_there_is_no_other_http_client() -> None:
    assert only_outgoing(ast.parse("import httpx\nhttpx.AsyncClient()")) == [2]
    others = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("core", "ports", "adapters", "plugins", "entrepot")
        for path in (ROOT / folder).rglob("*.py")
        if not path.is_relative_to(ROOT / "adapters" / "outgoing")
        and not path.is_relative_to(ROOT / "entrepot" / "testing")
        for line in made_clients(path)
    ]
    assert others == []


def made_clients(path: Path) -> list[int]:
    """Annotations name a client without making one."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [line for call in calls for line in only_outgoing(call)]
