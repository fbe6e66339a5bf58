"""The outer ASGI app: it wraps Litestar and answers cached pages, files, HEAD and OPTIONS."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass

from litestar import Litestar
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from adapters.web.client_address import TrustedProxies
from adapters.web.language import language_of_path
from adapters.web.outer.admission import Admission
from adapters.web.outer.busy import STATUS as BUSY
from adapters.web.outer.busy import BusyResponses
from adapters.web.outer.files import FileFolders
from adapters.web.outer.methods import allowed_methods
from adapters.web.outer.page_cache import CachedPage, Headers, PageCache
from adapters.web.outer.page_notes import note_of
from adapters.web.outer.request_metrics import RequestMetrics
from adapters.web.visitors import COOKIE_NAMES

POLICY = b"content-security-policy"
PERSONAL_COOKIES = tuple(f"{name}=".encode() for name in COOKIE_NAMES)
MISSING_PATH = "/no-such-page"
"""Replaces a path with a NUL character, which no database column can hold: the result is 404."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What stands between the network and the framework. ``headers`` go on every response."""

    proxies: TrustedProxies
    admission: Admission
    busy: BusyResponses
    files: FileFolders
    cache: PageCache
    metrics: RequestMetrics
    headers: Headers


class OuterApp:
    def __init__(self, app: Litestar, edge: Edge) -> None:
        self.app = app
        self.cache = edge.cache
        self._inner: ASGIApp = app
        self._edge = edge
        self._metrics = edge.metrics
        self._headers = edge.headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._inner(scope, receive, send)
            return
        http = scope
        if "\0" in http["path"] or b"%00" in http["query_string"]:
            http["path"] = MISSING_PATH
        key = _cache_key(http)
        if key is not None and (page := self.cache.find(key)) is not None:
            await self._send_cached(page, http, send)
        elif http["method"] == "OPTIONS":
            await self._send_options(http, send)
        elif (status := await self._edge.files.send(http, send)) is not None:
            self._metrics.count_file(status)
        else:
            await self._admit(http, key, receive, send)

    async def _admit(
        self, scope: HTTPScope, key: bytes | None, receive: Receive, send: Send
    ) -> None:
        admission = self._edge.admission
        started = time.perf_counter()
        if admission.refuses(scope):
            await self._send_busy(scope, send)
            return
        self._edge.proxies.resolve(scope)
        with admission.admitted():
            # Requests that arrived during the last blocking query are counted before this one
            # works on: otherwise each of them would find an idle process.
            await asyncio.sleep(0)
            await self._forward(scope, key, admission.receiving(scope, receive), send, started)

    async def _forward(
        self, scope: HTTPScope, key: bytes | None, receive: Receive, send: Send, started: float
    ) -> None:
        method = str(scope["method"])
        if method == "HEAD":
            scope["method"] = HttpMethod.GET
            send = _without_body(send)
        elif key is not None:
            send = self.cache.storing(key, scope, send)
        await self._inner(scope, receive, self._with_headers(scope, send, method, started))

    def _with_headers(self, scope: HTTPScope, send: Send, method: str, started: float) -> Send:
        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *_private(message["headers"]),
                    *_with_policy(self._headers, note_of(scope).policy),
                ]
                seconds = time.perf_counter() - started
                self._metrics.count_request(method, message["status"], seconds)
            await send(message)

        return wrapped

    async def _send_busy(self, scope: HTTPScope, send: Send) -> None:
        self._metrics.count_shed_request()
        language = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
        headers, body = self._edge.busy.response(scope["path"], language)
        await _send_response(send, BUSY, [*headers, *self._headers], body)

    async def _send_cached(self, page: CachedPage, scope: HTTPScope, send: Send) -> None:
        self._metrics.count_cached_page()
        headers = dict(scope["headers"])
        etag = (b"etag", page.etag)
        if page.etag in headers.get(b"if-none-match", b""):
            await _send_response(send, 304, [etag, *self._headers])
        else:
            await _send_response(send, 200, [*page.headers, etag], page.body)

    async def _send_options(self, scope: HTTPScope, send: Send) -> None:
        allow = allowed_methods(self.app, scope["path"])
        if allow:
            await _send_response(send, 204, [(b"allow", allow.encode()), *self._headers])
        else:
            await _send_response(send, 404, self._headers)


async def _send_response(send: Send, status: int, headers: Headers, body: bytes = b"") -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _with_policy(headers: Headers, policy: str) -> Headers:
    """The headers of every response, with the policy of a page that has one of its own."""
    if not policy:
        return headers
    return [(name, policy.encode() if name == POLICY else value) for name, value in headers]


def _private(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """A response that does not say who may store it must not be stored."""
    listed = list(headers)
    if not any(name.lower() == b"cache-control" for name, _ in listed):
        listed.append((b"cache-control", b"no-store"))
    return listed


def _cache_key(scope: HTTPScope) -> bytes | None:
    """Path and query of a storefront or back-office page; None if a visitor's cookie is present."""
    if scope["method"] != "GET" or language_of_path(scope["path"]) is None:
        return None
    for name, value in scope["headers"]:
        if name == b"cookie" and any(cookie in value for cookie in PERSONAL_COOKIES):
            return None
    return scope["path"].encode() + b"?" + scope["query_string"]


def _without_body(send: Send) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {
                "type": "http.response.body",
                "body": b"",
                "more_body": message["more_body"],
            }
        await send(message)

    return wrapped
