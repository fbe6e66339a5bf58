"""Bounds what one process works on, and what one client can keep open.

A request that has to wait longer than its client does is answered with 503 at once instead.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from litestar.exceptions import HTTPException, TooManyRequestsException
from litestar.types import HTTPReceiveMessage, HTTPScope, Receive

from adapters.web.client_address import network_of

BODY_SECONDS = 20.0
"""For a whole request body. The largest one, 1 MB, needs 0.4 Mbit/s."""
ON_THE_WAY_SECONDS = 2.0
"""A body counts as unfinished after this time: a complete one also takes a moment to arrive."""
UNFINISHED_BODIES = 32
"""From one client. A proxy that buffers requests sends them complete."""
WRITES_FACTOR = 2
"""Visitors who buy come first: a write is refused at this multiple of the limit for reads."""
READS = {"GET", "HEAD", "OPTIONS"}
ALWAYS_ADMITTED = ("/health/", "/notify/", "/metrics")
"""The load balancer, the gateways and the monitoring need an answer most under load."""


class RequestTimeout(HTTPException):
    """The request body did not arrive in time."""

    status_code = 408


class Admission:
    """``most`` requests at once in this process; a request waiting for its body does not count."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._active = 0
        self._unfinished: Counter[str] = Counter()

    def refuses(self, scope: HTTPScope) -> bool:
        """Whether the process has too much to do for this request."""
        factor = 1 if scope["method"] in READS else WRITES_FACTOR
        return self._active >= self._most * factor and not scope["path"].startswith(ALWAYS_ADMITTED)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        self._active += 1
        try:
            yield
        finally:
            self._active -= 1

    def receiving(self, scope: HTTPScope, receive: Receive) -> Receive:
        """``receive`` with a deadline for the body, and a share of them for each client.

        Raises:
            RequestTimeout: the body is not complete in time.
            TooManyRequestsException: the client has too many unfinished bodies.
        """
        client = network_of(scope["client"][0]) if scope["client"] else ""
        started: float | None = None
        complete = False

        async def wrapped() -> HTTPReceiveMessage:
            nonlocal started, complete
            if complete:
                return cast("HTTPReceiveMessage", await receive())
            started = started or asyncio.get_running_loop().time()
            with self._idle():
                message = await self._received(receive, client, started)
            complete = not message.get("more_body", False)
            return message

        return wrapped

    async def _received(self, receive: Receive, client: str, started: float) -> HTTPReceiveMessage:
        """The next part of a body whose first part was awaited at ``started``."""
        waiting = asyncio.ensure_future(receive())
        try:
            if not await _done(waiting, started + ON_THE_WAY_SECONDS):
                with self._unfinished_of(client):
                    if not await _done(waiting, started + BODY_SECONDS):
                        raise RequestTimeout
            return cast("HTTPReceiveMessage", waiting.result())
        finally:
            waiting.cancel()

    @contextmanager
    def _idle(self) -> Iterator[None]:
        self._active -= 1
        try:
            yield
        finally:
            self._active += 1

    @contextmanager
    def _unfinished_of(self, client: str) -> Iterator[None]:
        if self._unfinished[client] >= UNFINISHED_BODIES:
            raise TooManyRequestsException
        self._unfinished[client] += 1
        try:
            yield
        finally:
            self._unfinished[client] -= 1
            if not self._unfinished[client]:
                del self._unfinished[client]


async def _done(future: asyncio.Future[Any], deadline: float) -> bool:
    left = deadline - asyncio.get_running_loop().time()
    await asyncio.wait({future}, timeout=max(left, 0))
    return future.done()
