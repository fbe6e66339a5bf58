"""The outer ASGI app: it wraps Litestar and answers cached pages, HEAD and OPTIONS."""

import time

from litestar import Litestar
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from adapters.web.language import language_of_path
from adapters.web.outer.methods import allowed_methods
from adapters.web.outer.page_cache import CachedPage, Headers, PageCache
from adapters.web.outer.request_metrics import RequestMetrics
from adapters.web.visitors import COOKIE_NAMES

PERSONAL_COOKIES = tuple(f"{name}=".encode() for name in COOKIE_NAMES)
MISSING_PATH = "/no-such-page"
"""Replaces a path with a NUL character, which no database column can hold: the result is 404."""


class OuterApp:
    """``headers`` are added to every response."""

    def __init__(
        self,
        app: Litestar,
        cache: PageCache,
        metrics: RequestMetrics,
        headers: Headers,
    ) -> None:
        self.app = app
        self.cache = cache
        self._inner: ASGIApp = app
        self._metrics = metrics
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._inner(scope, receive, send)
            return
        http = scope
        method = str(http["method"])
        if "\0" in http["path"] or b"%00" in http["query_string"]:
            http["path"] = MISSING_PATH
        key = _cache_key(http)
        if key is not None and (page := self.cache.find(key)) is not None:
            await self._send_cached(page, http, send)
            return
        if method == "OPTIONS":
            await self._send_options(http, send)
            return
        started = time.perf_counter()
        if method == "HEAD":
            http["method"] = HttpMethod.GET
            send = _without_body(send)
        elif key is not None:
            send = self.cache.storing(key, send)
        await self._inner(http, receive, self._with_headers(send, method, started))

    def _with_headers(self, send: Send, method: str, started: float) -> Send:
        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
                seconds = time.perf_counter() - started
                self._metrics.count_request(method, message["status"], seconds)
            await send(message)

        return wrapped

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
