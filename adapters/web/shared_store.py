"""A store that several processes share, and a local one for the time when it does not answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import TypeVar

import structlog
from litestar.stores.base import NamespacedStore, Store
from litestar.stores.memory import MemoryStore

RETRY_SECONDS = 5.0
"""After an error the local store serves for this time, so that requests do not wait in turn."""
ANSWER_SECONDS = 1.0
"""A shared store that takes longer counts as gone."""

Value = TypeVar("Value")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SharedStore:
    """``errors`` are those of its client library; ``name`` is for logs and metrics."""

    name: str
    store: NamespacedStore
    errors: tuple[type[Exception], ...]


class Outage:
    """Whether a shared store answers. ``report`` receives each change."""

    def __init__(self, shared: SharedStore, report: Callable[[str, bool], None]) -> None:
        self.shared = shared
        self.errors: tuple[type[Exception], ...] = (OSError, *shared.errors)
        self.monotonic: Callable[[], float] = time.monotonic
        self._report = report
        self._retry_at: float | None = None
        report(shared.name, True)

    @property
    def lasts(self) -> bool:
        return self._retry_at is not None and self.monotonic() < self._retry_at

    def begin(self, error: Exception) -> None:
        if self._retry_at is None:
            self._report(self.shared.name, False)
            log.error(
                "shared store does not answer, counting in each process",
                store=self.shared.name,
                error=type(error).__name__,
            )
        self._retry_at = self.monotonic() + RETRY_SECONDS

    def end(self) -> None:
        if self._retry_at is not None:
            self._retry_at = None
            self._report(self.shared.name, True)
            log.warning("shared store answers again", store=self.shared.name)


class FallbackStore(Store):
    """The shared store under ``namespace``; the local one while the shared one is gone."""

    def __init__(self, outage: Outage, namespace: str) -> None:
        self._outage = outage
        self._shared = outage.shared.store.with_namespace(namespace)
        self._local = MemoryStore()

    async def set(
        self, key: str, value: str | bytes, expires_in: int | timedelta | None = None
    ) -> None:
        await self._call(lambda store: store.set(key, value, expires_in))

    async def get(self, key: str, renew_for: int | timedelta | None = None) -> bytes | None:
        return await self._call(lambda store: store.get(key, renew_for))

    async def delete(self, key: str) -> None:
        await self._call(lambda store: store.delete(key))

    async def delete_all(self) -> None:
        await self._call(lambda store: store.delete_all())

    async def exists(self, key: str) -> bool:
        return await self._call(lambda store: store.exists(key))

    async def expires_in(self, key: str) -> int | None:
        return await self._call(lambda store: store.expires_in(key))

    async def __aenter__(self) -> None:
        await self._shared.__aenter__()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self._shared.__aexit__(exc_type, exc_val, exc_tb)

    async def _call(self, work: Callable[[Store], Awaitable[Value]]) -> Value:
        if not self._outage.lasts:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    value = await work(self._shared)
            except self._outage.errors as error:
                self._outage.begin(error)
            else:
                self._outage.end()
                return value
        return await work(self._local)
