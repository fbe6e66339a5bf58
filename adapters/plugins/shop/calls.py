"""Calls of one plugin to the shop. They run on the loop of the shop, and are limited."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from contextvars import Context
from threading import Lock
from typing import Any

import structlog

from adapters.plugins.answers.errors import clean_error
from adapters.plugins.shop.link import ShopLink
from core.domain.errors import DomainError
from ports.errors import PortError, Unavailable

CONCURRENT_CALLS = 8
WAIT_SECONDS = 2.0
SLOT_CHECK_SECONDS = 0.005

log = structlog.get_logger(__name__)

Work = Callable[[Any], Awaitable[Any]]
"""Gets the adapter of a property."""


class ShopCalls:
    """The calls of one plugin. Not more than eight run at once; the others wait in the plugin.

    A call is counted until it has ended in the shop, also if the plugin does not wait for it. So
    a plugin that floods the shop slows down itself.
    """

    def __init__(self, plugin: str, link: ShopLink) -> None:
        self.plugin = plugin
        self._link = link
        self._lock = Lock()
        self._running = 0

    async def run(self, name: str, work: Work) -> Any:
        """Call ``work`` on the loop of the shop, with the adapter of the property ``name``.

        Cancelling this ends the wait. The work goes on: it may be in the middle of a commit.

        Raises:
            DomainError, PortError: as the adapter raises.
            Unavailable: another error of the shop, or no free slot in two seconds.
            ShopNotReady: see `ShopLink.loop`.
        """
        loop = self._link.loop()
        await self._take_slot()
        future: Future[Any] = Future()
        future.add_done_callback(self._free_slot)
        try:
            # A context of its own: the idempotency key of the request that called the plugin is
            # not that of the plugin's own changes.
            loop.call_soon_threadsafe(self._start, name, work, future, context=Context())
        except RuntimeError as error:
            future.cancel()
            raise Unavailable from error
        return await asyncio.shield(asyncio.wrap_future(future))

    async def _take_slot(self) -> None:
        clock = asyncio.get_running_loop().time
        deadline = clock() + WAIT_SECONDS
        while not self._has_slot():
            if clock() >= deadline:
                raise Unavailable
            await asyncio.sleep(SLOT_CHECK_SECONDS)

    def _has_slot(self) -> bool:
        with self._lock:
            if self._running >= CONCURRENT_CALLS:
                return False
            self._running += 1
        return True

    def _free_slot(self, _future: "Future[Any]") -> None:
        with self._lock:
            self._running -= 1

    def _start(self, name: str, work: Work, future: "Future[Any]") -> None:
        task = asyncio.get_running_loop().create_task(self._outcome(name, work, future))
        self._link.keep(task)

    async def _outcome(self, name: str, work: Work, future: "Future[Any]") -> None:
        """Put the result into ``future``. Errors cross if a plugin may see them."""
        try:
            answer = await work(self._link.adapter(name, self.plugin))
        except DomainError as error:
            failure: Exception = error
        except PortError as error:
            failure = clean_error(error)
        except asyncio.CancelledError:
            _fail(future, Unavailable())
            raise
        except Exception as error:
            log.exception("a call of a plugin failed in the shop", plugin=self.plugin, part=name)
            failure = Unavailable()
            failure.__cause__ = error
        else:
            with suppress(InvalidStateError):
                future.set_result(answer)
            return
        _fail(future, failure)


def _fail(future: "Future[Any]", failure: Exception) -> None:
    with suppress(InvalidStateError):
        future.set_exception(failure)
