"""The HTTP client of all outgoing calls. A test refuses other clients."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

from adapters.outgoing.public_network import Networks, PublicTransport
from adapters.outgoing.tls import tls_context

ENCODINGS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
"""Content codings and their window bits for zlib (RFC 9110 §8.4.1)."""
FRAMING = ("content-encoding", "content-length", "transfer-encoding")


class ResponseTooLarge(httpx.ReadError):
    """The body is longer than the limit, also when it is decompressed."""


class ResponseTooSlow(httpx.ReadTimeout):
    """The whole response did not arrive in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """``seconds`` for the whole call; ``connect_seconds`` for a connection.

    ``max_bytes`` limits the decompressed body. With ``cut`` a longer body is cut off instead of
    an error: for calls of which only the status counts.
    """

    seconds: float
    max_bytes: int
    connect_seconds: float = 3.0
    cut: bool = False


class OutgoingClient(httpx.AsyncClient):
    """Reads the whole body within the limits before it returns a response.

    httpx itself limits only the time between two bytes, and no bytes at all.
    """

    def __init__(self, limits: CallLimits, **options: Any) -> None:
        self._call_limits = limits
        super().__init__(
            timeout=httpx.Timeout(
                limits.seconds, connect=limits.connect_seconds, pool=limits.connect_seconds
            ),
            verify=tls_context(),
            follow_redirects=False,
            headers={"accept-encoding": "gzip, deflate", "user-agent": "entrepot"},
            **options,
        )

    async def send(
        self, request: httpx.Request, *, stream: bool = False, **options: Any
    ) -> httpx.Response:
        """Send a request. ``stream`` is refused: it would have no limits.

        Raises:
            ResponseTooLarge: and other errors of httpx.
            ResponseTooSlow: the total time is over.
        """
        if stream:
            raise ValueError("a streamed response has no limits")
        try:
            async with asyncio.timeout(self._call_limits.seconds):
                response = await super().send(request, stream=True, **options)
                try:
                    content = await self._body_of(response)
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise ResponseTooSlow("the total time is over", request=request) from error
        headers = [each for each in response.headers.multi_items() if each[0] not in FRAMING]
        return httpx.Response(
            response.status_code,
            headers=headers,
            content=content,
            request=request,
            extensions={"http_version": response.extensions.get("http_version", b"HTTP/1.1")},
        )

    async def _body_of(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in _decoded(response, self._call_limits.max_bytes + 1):
            body += chunk
            if len(body) > self._call_limits.max_bytes:
                if self._call_limits.cut:
                    return bytes(body[: self._call_limits.max_bytes])
                raise ResponseTooLarge("the response is too large", request=response.request)
        return bytes(body)


def public_client(limits: CallLimits, allowed: Networks = ()) -> OutgoingClient:
    """For addresses that a person entered: connects to public addresses, and to ``allowed`` ones.

    It uses no proxy of the environment: a proxy would resolve the name again.
    """
    return OutgoingClient(
        limits, transport=PublicTransport(tls_context(), allowed), trust_env=False
    )


async def _decoded(response: httpx.Response, most: int) -> AsyncIterator[bytes]:
    """The body without its content coding; each chunk has at most ``most`` bytes."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding == "identity":
        async for chunk in response.aiter_raw():
            yield chunk
        return
    if coding not in ENCODINGS:
        raise httpx.DecodingError("the content coding was not asked for", request=response.request)
    decoder = zlib.decompressobj(ENCODINGS[coding])
    async for chunk in response.aiter_raw():
        rest = chunk
        while rest:
            try:
                yield decoder.decompress(rest, most)
            except zlib.error as error:
                raise httpx.DecodingError(str(error), request=response.request) from error
            rest = decoder.unconsumed_tail
        if decoder.eof:
            # zlib would keep everything that follows.
            return
