"""The guard around every call of a plugin: own thread, timeout, bulkhead and circuit breaker."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import structlog

from adapters.plugins.answers.checks import WrongAnswer
from adapters.plugins.answers.errors import clean_error
from adapters.plugins.breaker import CircuitBreaker, Health
from adapters.plugins.limits import OPENING, PluginLimits, Purpose
from adapters.plugins.loop import PluginLoop
from adapters.plugins.process_record import ProcessRecord
from adapters.plugins.shop.link import SHOP_LOOP
from ports.clock import Clock
from ports.errors import PortError, Unavailable

THREADS_OF_LOOPS = ("plugin ", "asyncio_", "AnyIO")
"""Their pools are limited, and the server uses them too."""

SLOT_CHECK_SECONDS = 0.01

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class TooManyThreads(Exception):
    """A call left more threads behind than `PluginLimits.new_threads`."""


class PluginGuard:
    """The guard of one plugin and purpose. Every failure of the plugin becomes a `PortError`."""

    def __init__(
        self,
        plugin: str,
        now: Clock,
        limits: PluginLimits,
        *,
        purpose: Purpose,
        record: ProcessRecord,
        changed: Callable[[], None],
    ) -> None:
        """``changed`` is called after the health has changed."""
        self.plugin = plugin
        self.purpose = purpose
        self.limits = limits
        self.breaker = CircuitBreaker(now, opens_at_failures=purpose in OPENING)
        self._name = f"{plugin} {purpose}"
        self._record = record
        self._changed = changed
        self._last_health = Health.READY
        self._loop: PluginLoop | None = None
        self._abandoned: list[PluginLoop] = []

    @property
    def health(self) -> Health:
        return self.breaker.health

    async def call(
        self,
        work: Callable[[], Awaitable[Any]],
        check: Callable[[Any], Answer],
        *,
        doubt: type[PortError] = Unavailable,
        seconds: float | None = None,
        final: tuple[type[PortError], ...] = (),
    ) -> Answer:
        """Call the plugin in its own thread. ``check`` returns its answer or raises.

        ``seconds`` replaces the timeout. ``final`` are the errors of the port's contract that
        are no failure.

        Raises:
            PortError: a `PortError` of the plugin itself; ``doubt`` after a timeout, another
                exception, or a wrong answer; `Unavailable` while the circuit breaker is open
                or all slots stay in use.
        """
        loop = await self._free_loop()
        self.breaker.record.calls += 1
        try:
            async with asyncio.timeout(seconds or self.limits.seconds):
                answer = await asyncio.wrap_future(loop.submit(self._counted(work, check)))
        except PortError as error:
            if isinstance(error, final):
                self.breaker.succeeded()
            else:
                self._failed(error)
            raise clean_error(error) from error
        except Exception as error:
            self._failed(error)
            if isinstance(error, TimeoutError):
                await self._replace_if_blocked(loop)
            raise doubt from error
        else:
            self.breaker.succeeded()
            return answer
        finally:
            self._report_change()

    def call_and_wait(self, work: Callable[[], Any], check: Callable[[Any], Answer]) -> Answer:
        """Call a synchronous method, and block until it returns. For the start of a process.

        Raises:
            PortError: as in `call`.
        """
        loop = self._available_loop()
        self.breaker.record.calls += 1
        try:
            answer = loop.run(lambda: check(work()), self.limits.seconds)
        except PortError as error:
            self._failed(error)
            raise clean_error(error) from error
        except Exception as error:
            self._failed(error)
            if isinstance(error, TimeoutError):
                self._replace(loop)
            raise Unavailable from error
        self.breaker.succeeded()
        return answer

    def start(self, work: Callable[[], Answer]) -> Answer:
        """Import the plugin and call its hooks, in the thread of its later calls.

        Raises:
            TimeoutError: the plugin blocks. Its thread is abandoned.
            Exception: as the plugin raises; `CallEnded` if it exits.
        """
        loop = self._available_loop()
        self._record.begin(self._name)
        try:
            return loop.run(work, self.limits.start_seconds)
        except TimeoutError:
            self._replace(loop)
            raise
        finally:
            self._record.end(self._name)

    async def aclose(self, closable: Any) -> None:
        """Call ``aclose`` of an object of the plugin, if it has one. A failure is logged.

        Routes have it in their ``opt``.
        """
        if getattr(closable, "aclose", None) is None and "aclose" not in _opt(closable):
            return

        async def close() -> None:
            await (getattr(closable, "aclose", None) or _opt(closable)["aclose"])()

        with suppress(PortError):
            await self.call(close, lambda _: None, seconds=self.limits.close_seconds)

    def close(self) -> None:
        if self._loop is not None:
            self._loop.close()
            self._loop = None

    async def _free_loop(self) -> PluginLoop:
        """Raises `Unavailable` if no slot becomes free in time."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + self.limits.slot_seconds
        while (loop := self._available_loop()).calls_in_progress >= self.limits.concurrent_calls:
            if clock() >= deadline:
                raise Unavailable
            await asyncio.sleep(SLOT_CHECK_SECONDS)
        return loop

    def _available_loop(self) -> PluginLoop:
        if self.health is Health.QUARANTINED:
            raise Unavailable
        if self._loop is None:
            self._abandoned = [each for each in self._abandoned if each.is_alive]
            if len(self._abandoned) >= self.limits.blocked_threads:
                raise Unavailable
            self._loop = PluginLoop(self._name)
        return self._loop

    def _counted(
        self, work: Callable[[], Awaitable[Any]], check: Callable[[Any], Answer]
    ) -> Callable[[], Awaitable[Answer]]:
        shop_loop = asyncio.get_running_loop()

        async def counted() -> Answer:
            SHOP_LOOP.set(shop_loop)
            before = _foreign_threads()
            self._record.begin(self._name)
            try:
                answer = check(_awaited(await work()))
            finally:
                self._record.end(self._name)
            left = _foreign_threads() - before
            if len(left) > self.limits.new_threads:
                raise TooManyThreads(f"started {len(left)} threads")
            return answer

        return counted

    async def _replace_if_blocked(self, loop: PluginLoop) -> None:
        if not await loop.responds(self.limits.blocked_seconds):
            self._replace(loop)

    def _replace(self, loop: PluginLoop) -> None:
        """Let another thread take the next calls.

        Objects of the plugin that belong to the old loop cannot be used any more. `entrepot.wire`
        makes its HTTP client for each loop.
        """
        if loop is not self._loop:
            return
        self._loop = None
        self._abandoned.append(loop)
        loop.abandon()
        self.breaker.record.abandoned += 1
        if self.purpose is not Purpose.NOTIFICATIONS:
            self.breaker.open()
        log.error("plugin blocks its thread", plugin=self.plugin, purpose=str(self.purpose))

    def _report_change(self) -> None:
        if self.health is not self._last_health:
            self._last_health = self.health
            self._changed()

    def _failed(self, error: Exception) -> None:
        self.breaker.failed(error)
        if isinstance(error, TooManyThreads):
            self.breaker.open()
        log.warning(
            "plugin failed",
            plugin=self.plugin,
            purpose=str(self.purpose),
            error=type(error).__name__,
            in_a_row=self.breaker.record.failures_in_a_row,
        )


def _awaited(answer: Any) -> Any:
    """Raises `WrongAnswer` for a coroutine: the plugin forgot to await it."""
    if asyncio.iscoroutine(answer):
        answer.close()
        raise WrongAnswer("returned a coroutine without awaiting it")
    return answer


def _opt(closable: Any) -> Mapping[str, Any]:
    opt = getattr(closable, "opt", None)
    return opt if isinstance(opt, Mapping) else {}


def _foreign_threads() -> frozenset[int]:
    """Threads that no event loop manages."""
    return frozenset(
        each.ident or 0
        for each in threading.enumerate()
        if not each.name.startswith(THREADS_OF_LOOPS)
    )
