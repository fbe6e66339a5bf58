"""The outermost layer: cached pages, security headers, HEAD and OPTIONS, and figures."""

import time
from typing import cast

from litestar import Litestar
from litestar.enums import HttpMethod, ScopeType
from litestar.exceptions import HTTPException, MethodNotAllowedException
from litestar.types import ASGIApp, HTTPScope, Message, Method, Receive, Scope, Send
from litestar.utils import normalize_path
from prometheus_client import CollectorRegistry, Counter, Histogram

from adapters.web.language import language_of_path
from adapters.web.page_cache import CachedPage, PageCache
from adapters.web.visitors import COOKIES

SEEN_COOKIES = tuple(f"{name}=".encode() for name in COOKIES)


NOWHERE = "/an-address-with-a-nul"


KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def security_headers(*, https: bool) -> list[tuple[bytes, bytes]]:
    """What every answer carries. Nothing inline, nothing from elsewhere, no framing.

    Forms may lead to gateways, which are elsewhere: over HTTPS alone.
    """
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "form-action 'self' https:; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "x-frame-options": "DENY",
    }
    if https:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in headers.items()]


class Figures:
    """Counters of this process, for Prometheus."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "entrepot_requests", "Requests answered", ["method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "entrepot_request_seconds", "Time to answer", registry=self.registry
        )
        self.notifications = Counter(
            "entrepot_notifications",
            "Notifications of gateways",
            ["gateway", "outcome"],
            registry=self.registry,
        )
        self.cached = Counter(
            "entrepot_cached_pages", "Pages answered from memory", registry=self.registry
        )


class OuterApp:
    """Wraps the Litestar app as plain ASGI."""

    def __init__(
        self,
        app: Litestar,
        cache: PageCache,
        figures: Figures,
        headers: list[tuple[bytes, bytes]],
    ) -> None:
        self.app = app
        self._inner: ASGIApp = app
        self._cache = cache
        self._figures = figures
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._inner(scope, receive, send)
            return
        http = scope
        method = str(http["method"])
        if "\0" in http["path"] or b"%00" in http["query_string"]:
            http["path"] = NOWHERE
        key = _cache_key(http)
        if key is not None and (page := self._cache.find(key)) is not None:
            await self._send_cached(page, http, send)
            return
        if method == "OPTIONS":
            await self._send_options(http, send)
            return
        began = time.perf_counter()
        if method == "HEAD":
            http["method"] = HttpMethod.GET
            send = _without_body(send)
        elif key is not None:
            send = self._cache.data_provider(key, send)
        await self._inner(http, receive, self._sending(send, method, began))

    def _sending(self, send: Send, method: str, began: float) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
                counted = method if method in KNOWN_METHODS else "OTHER"
                self._figures.requests.labels(counted, str(message["status"])).inc()
                self._figures.seconds.observe(time.perf_counter() - began)
            await send(message)

        return sending

    async def _send_cached(self, page: CachedPage, scope: HTTPScope, send: Send) -> None:
        self._figures.cached.inc()
        asked = next((value for name, value in scope["headers"] if name == b"if-none-match"), b"")
        same = page.etag in asked
        await send(
            {
                "type": "http.response.start",
                "status": 304 if same else 200,
                "headers": [*page.headers, (b"etag", page.etag)]
                if not same
                else [(b"etag", page.etag), *self._headers],
            }
        )
        await send(
            {
                "type": "http.response.body",
                "body": b"" if same else page.body,
                "more_body": False,
            }
        )

    async def _send_options(self, scope: HTTPScope, send: Send) -> None:
        allow = allowed_methods(self.app, scope["path"])
        headers = [(b"allow", allow.encode())] if allow else []
        await send(
            {
                "type": "http.response.start",
                "status": 204 if allow else 404,
                "headers": [*headers, *self._headers],
            }
        )
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def allowed_methods(app: Litestar, path: str) -> str:
    """Every method that the path answers, sorted; empty where there is nothing.

    The framework's own list is in no order and misses handlers of the same path.
    """
    try:
        app.asgi_router.handle_routing(path=normalize_path(path), method=cast("Method", "NONE"))
    except MethodNotAllowedException as error:
        methods = set((error.headers or {}).get("allow", "").split(", "))
        if "GET" in methods:
            methods.add("HEAD")
        return ", ".join(sorted(methods | {"OPTIONS"}))
    except HTTPException:
        return ""
    return "GET, HEAD, OPTIONS"


def _cache_key(scope: HTTPScope) -> bytes | None:
    """The address, if this is a page that looks the same to everybody who has no cookie of ours."""
    if scope["method"] != "GET" or language_of_path(scope["path"]) is None:
        return None
    for name, value in scope["headers"]:
        if name == b"cookie" and any(seen in value for seen in SEEN_COOKIES):
            return None
    return scope["path"].encode() + b"?" + scope["query_string"]


def _without_body(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {
                "type": "http.response.body",
                "body": b"",
                "more_body": message["more_body"],
            }
        await send(message)

    return sending
