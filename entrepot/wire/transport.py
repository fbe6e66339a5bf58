"""HTTP calls. The error shows whether the provider may have processed the request."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from adapters.outgoing.client import CallLimits, OutgoingClient
from ports.errors import OutcomeUnknown, RateLimited, Unavailable

TIMEOUT_SECONDS = 9.0
"""For one whole call to a provider; the plugin guard gives up after ten."""
MAX_BYTES = 32 * 1024 * 1024
"""Of one decompressed response; the largest ones are daily statements."""
FIRST_SERVER_ERROR = 500
RETRY_AFTER_SECONDS = 60.0


def http_client(
    transport: httpx.AsyncBaseTransport | None,
    seconds: float = TIMEOUT_SECONDS,
    *,
    max_bytes: int = MAX_BYTES,
) -> httpx.AsyncClient:
    """An HTTP client. A whole call takes at most ``seconds``, a response ``max_bytes``.

    It follows no redirects. ``transport`` replaces the network, for tests.
    """
    limits = CallLimits(seconds=seconds, max_bytes=max_bytes)
    if transport is not None:
        return OutgoingClient(limits, transport=transport)
    return LoopClient(limits)


class LoopClient(OutgoingClient):
    """Has connections for each event loop that uses it: a connection works on its own loop alone.

    The shop calls a plugin on several loops, and replaces a loop that the plugin blocks.
    """

    def __init__(self, limits: CallLimits) -> None:
        super().__init__(limits)
        self._limits = limits
        self._clients: dict[
            asyncio.AbstractEventLoop, tuple[OutgoingClient, AsyncGenerator[None, None]]
        ] = {}

    async def send(
        self, request: httpx.Request, *, stream: bool = False, **options: Any
    ) -> httpx.Response:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            client = OutgoingClient(self._limits)
            closing = _closing(client)
            await anext(closing)
            for closed in [each for each in list(self._clients) if each.is_closed()]:
                self._clients.pop(closed, None)
            self._clients[loop] = client, closing
        client, _ = self._clients[loop]
        return await client.send(request, stream=stream, **options)

    async def aclose(self) -> None:
        """Close the connections on the loops that use them."""
        here = asyncio.get_running_loop()
        for loop, (client, closing) in self._clients.items():
            if loop is here:
                await closing.aclose()
            elif loop.is_running():
                closed = asyncio.run_coroutine_threadsafe(client.aclose(), loop)
                await asyncio.wrap_future(closed)
        self._clients = {}
        await super().aclose()


async def _closing(client: httpx.AsyncClient) -> AsyncGenerator[None, None]:
    """A loop that ends closes its asynchronous generators, and with this one the connections."""
    try:
        yield
    finally:
        await client.aclose()


async def send_request(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Send a request that can change data at the provider.

    Raises:
        Unavailable: there was no connection, so the provider did nothing.
        RateLimited: too many requests; the provider asks to wait.
        OutcomeUnknown: no complete response in time, or a server error.
    """
    try:
        answer = await client.send(request)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unavailable from error
    except httpx.HTTPError as error:
        raise OutcomeUnknown from error
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        after = answer.headers.get("retry-after", "")
        raise RateLimited(float(after) if after.isdecimal() else RETRY_AFTER_SECONDS)
    if answer.status_code >= FIRST_SERVER_ERROR:
        raise OutcomeUnknown
    return answer


@contextmanager
def reading() -> Iterator[None]:
    """For calls that change nothing: raises `Unavailable` instead of `OutcomeUnknown`."""
    try:
        yield
    except OutcomeUnknown as error:
        raise Unavailable from error
