"""Anonymous pages as ready bytes, for a few seconds, dropped when the catalogue changes."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256

import structlog
from cachetools import TTLCache
from litestar.types import Message, Send
from sqlalchemy.exc import SQLAlchemyError

from ports.catalogue.queries import CatalogueQueries

MOST_BYTES = 24 * 1024 * 1024
LARGEST_PAGE = 512 * 1024
POLL_SECONDS = 1.0

log = structlog.get_logger(__name__)

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class CachedPage:
    headers: Headers
    body: bytes
    etag: bytes


class PageCache:
    """Keyed by the whole address, which holds the language; for requests without our cookies."""

    def __init__(self, seconds: float) -> None:
        self._pages: TTLCache[bytes, CachedPage] | None = (
            TTLCache(MOST_BYTES, seconds, getsizeof=lambda page: len(page.body))
            if seconds > 0
            else None
        )
        self._version = -1
        self.poll_seconds = POLL_SECONDS

    def find(self, key: bytes) -> CachedPage | None:
        return self._pages.get(key) if self._pages is not None else None

    def data_provider(self, key: bytes, send: Send) -> Send:
        """A ``send`` that also keeps a complete 200 answer that allows it."""
        pages = self._pages
        if pages is None:
            return send
        kept: list[Headers] = []

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                if message["status"] == 200 and _is_public(headers):  # noqa: PLR2004
                    kept.append(headers)
            elif message["type"] == "http.response.body" and kept:
                body = message.get("body", b"")
                if not message.get("more_body") and len(body) <= LARGEST_PAGE:
                    etag = b'"' + sha256(body).hexdigest()[:20].encode() + b'"'
                    pages[key] = CachedPage(kept[0], body, etag)
            await send(message)

        return sending

    def clear(self) -> None:
        if self._pages is not None:
            self._pages.clear()

    async def watch(self, catalogue_queries: CatalogueQueries) -> None:
        """Drop all pages within ``poll_seconds`` of a change. Runs until cancelled."""
        while True:
            try:
                version = await catalogue_queries.version()
            except (SQLAlchemyError, OSError) as error:
                log.warning("the catalogue's version is unknown", error=type(error).__name__)
                version = -1
            if version != self._version:
                self._version = version
                self.clear()
            await asyncio.sleep(self.poll_seconds)


def _is_public(headers: Headers) -> bool:
    return any(name == b"cache-control" and value.startswith(b"public") for name, value in headers)
