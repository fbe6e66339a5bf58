"""HTTP calls. The error shows whether the provider may have processed the request."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from adapters.tls import tls_context
from ports.errors import OutcomeUnknown, RateLimited, Unavailable

TIMEOUT = httpx.Timeout(8.0, connect=3.0)
"""Limits of one call to a provider, in seconds."""
FIRST_SERVER_ERROR = 500
RETRY_AFTER_SECONDS = 60.0


def http_client(
    transport: httpx.AsyncBaseTransport | None, timeout: httpx.Timeout | float = TIMEOUT
) -> httpx.AsyncClient:
    """An HTTP client. All clients share one TLS context. ``timeout`` is in seconds.

    ``transport`` replaces the network, for tests.
    """
    return httpx.AsyncClient(timeout=timeout, transport=transport, verify=tls_context())


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
