"""Clients that never finish: real sockets against the server that an operator starts."""

import asyncio
import json
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from adapters.web.outer.admission import UNFINISHED_BODIES
from tests.served.conftest import Farm

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.own_database,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

CLIENTS = 600
"""More than the 512 that once stopped the server."""
TIMEOUT_SECONDS = 60
UNFINISHED = (
    b"PUT /api/v1/carts/anyone/delivery HTTP/1.1\r\nHost: shop\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
)


@pytest.fixture
def sockets(farm: Farm) -> Iterator[list[socket.socket]]:
    """Open connections to the server."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < CLIENTS * 2:
        pytest.skip("too few file descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, CLIENTS * 2), hard))
    port = httpx.URL(farm.addresses[0]).port
    with ExitStack() as stack:
        opened = []
        for _ in range(CLIENTS):
            each = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            each.settimeout(TIMEOUT_SECONDS)
            opened.append(each)
        yield opened
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_clients_that_never_finish_their_bodies_stop_nobody_else(
    farm: Farm, sockets: list[socket.socket]
) -> None:
    for each in sockets:
        each.sendall(UNFINISHED)
    async with farm.client() as client:
        while (answer := await client.get("/products")).status_code == 503:  # noqa: ASYNC110 -- as a client retries
            await asyncio.sleep(float(answer.headers["retry-after"]))
        assert answer.status_code == 200
    answers = [_answer(each) for each in sockets]
    statuses = [status for status, _ in answers]
    # The share of one client waits for the deadline. The rest is refused at once, and what came
    # all at the same time may find the process busy.
    assert 0 < statuses.count(408) <= UNFINISHED_BODIES
    assert statuses.count(429) > 0
    assert set(statuses) <= {408, 429, 503}
    assert {code for _, code in answers} <= {"too_slow", "too_many_requests", "busy"}


async def test_connections_without_a_request_stop_nobody_and_are_closed(
    farm: Farm, sockets: list[socket.socket]
) -> None:
    for each in sockets[::2]:
        each.sendall(b"GET / HTTP/1.1\r\nHo")
    async with farm.client() as client:
        assert (await client.get("/products")).status_code == 200
    assert {each.recv(1) for each in sockets} == {b""}


def _answer(connection: socket.socket) -> tuple[int, str]:
    """The status and the code of the problem. The server closes the connection after it."""
    received = b""
    while chunk := connection.recv(65_536):
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["code"]
