"""Rendered pages for anonymous visitors, kept in memory for a few seconds."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256

import structlog
from cachetools import TLRUCache
from litestar.types import HTTPScope, Message, Send
from sqlalchemy.exc import SQLAlchemyError

from adapters.web.outer.page_notes import note_of
from ports.catalogue.queries import CatalogueQueries
from ports.errors import PortError

MAX_CACHE_BYTES = 24 * 1024 * 1024
MAX_PAGE_BYTES = 512 * 1024
POLL_SECONDS = 1.0

log = structlog.get_logger(__name__)

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class CachedPage:
    headers: Headers
    body: bytes
    etag: bytes
    seconds: float


class PageCache:
    """Keys are path and query, which include the language. ``seconds`` 0 turns the cache off."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._pages: TLRUCache[bytes, CachedPage] | None = (
            TLRUCache(
                MAX_CACHE_BYTES,
                ttu=lambda _, page, now: now + page.seconds,
                getsizeof=lambda page: len(page.body),
            )
            if seconds > 0
            else None
        )
        self.version = -1
        self.poll_seconds = POLL_SECONDS

    def find(self, key: bytes) -> CachedPage | None:
        return self._pages.get(key) if self._pages is not None else None

    def storing(self, key: bytes, scope: HTTPScope, send: Send) -> Send:
        """Wrap ``send``: a 200 response with ``Cache-Control: public`` is stored under ``key``.

        The note of the page can shorten how long it stays.
        """
        pages = self._pages
        if pages is None:
            return send
        public_headers: list[Headers] = []

        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                if message["status"] == 200 and _is_public(headers):  # noqa: PLR2004
                    public_headers.append(headers)
            elif message["type"] == "http.response.body" and public_headers:
                body = message.get("body", b"")
                if not message.get("more_body") and len(body) <= MAX_PAGE_BYTES:
                    etag = b'"' + sha256(body).hexdigest()[:20].encode() + b'"'
                    seconds = min(self._seconds, note_of(scope).seconds)
                    pages[key] = CachedPage(public_headers[0], body, etag, seconds)
            await send(message)

        return wrapped

    def clear(self) -> None:
        if self._pages is not None:
            self._pages.clear()

    async def watch(self, catalogue_queries: CatalogueQueries) -> None:
        """Poll the catalogue's version, and drop all pages when it changes. Runs until cancelled.

        Without an answer of the database, the version is -1.
        """
        while True:
            try:
                version = await catalogue_queries.version()
            except (SQLAlchemyError, PortError) as error:
                log.warning("cannot read the catalogue version", error=type(error).__name__)
                version = -1
            if version != self.version:
                self.version = version
                self.clear()
            await asyncio.sleep(self.poll_seconds)


def _is_public(headers: Headers) -> bool:
    return any(name == b"cache-control" and value.startswith(b"public") for name, value in headers)
