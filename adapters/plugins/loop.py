"""An event loop in a thread of its own, for the code of one plugin.

A plugin that blocks, exits or stops its loop ends its own calls. The server's loop and the loops
of other plugins go on.
"""

import asyncio
import ctypes
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from threading import Thread, current_thread
from typing import Any, TypeVar

import structlog

EXECUTOR_THREADS = 8
CLOSE_SECONDS = 2.0

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class CallEnded(Exception):
    """The plugin ended its call with `SystemExit`, `KeyboardInterrupt` or a cancellation."""


class LoopClosed(Exception):
    """The loop was closed or abandoned. It takes no calls."""


class LoopAbandoned(BaseException):
    """Raised inside a plugin that blocks its thread. It ends an endless loop."""


class PluginLoop:
    """Starts its thread at once. A daemon thread, so a blocked plugin cannot keep the process."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._loop = asyncio.new_event_loop()
        self._closing = False
        self._calls: set[Future[Any]] = set()
        self._thread = Thread(target=self._run, name=f"plugin {name}", daemon=True)
        self._thread.start()

    @property
    def calls_in_progress(self) -> int:
        """Calls that did not end, even if no caller waits for them any more."""
        return len(self._calls)

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def submit(self, work: Callable[[], Awaitable[Answer]]) -> "Future[Answer]":
        """Start ``work`` in the thread, with the context variables of the caller.

        Cancelling the future cancels the work. It raises an `Exception` alone: `CallEnded` if
        the work exits.

        Raises:
            LoopClosed: the loop takes no calls any more.
        """
        future: Future[Answer] = Future()
        self._calls.add(future)
        try:
            self._loop.call_soon_threadsafe(self._start, work, future, copy_context())
        except RuntimeError as error:
            self._calls.discard(future)
            raise LoopClosed(self.name) from error
        return future

    def run(self, work: Callable[[], Answer], seconds: float) -> Answer:
        """Call a synchronous function in the thread, and block until it returns.

        Raises:
            TimeoutError: it did not return in time.
            CallEnded: it exited.
        """

        async def call() -> Answer:
            return work()

        return self.submit(call).result(timeout=seconds)

    async def responds(self, seconds: float) -> bool:
        """Whether the loop takes a turn in this time. If not, the plugin blocks its thread."""

        async def turn() -> bool:
            return True

        try:
            async with asyncio.timeout(seconds):
                return await asyncio.wrap_future(self.submit(turn))
        except (TimeoutError, LoopClosed):
            return False

    def abandon(self) -> None:
        """Stop the loop as soon as it comes back, and interrupt what blocks it now.

        Python code is interrupted. A blocking call of a C library goes on until it returns. If
        the plugin is starting a thread at this moment, CPython can interrupt that thread instead.
        """
        self._stop()
        if self._thread.is_alive() and self._thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self._thread.ident), ctypes.py_object(LoopAbandoned)
            )

    def close(self) -> None:
        """Cancel all calls and end the thread. Abandon it if it does not end in two seconds."""
        self._stop()
        if self._thread is not current_thread():
            self._thread.join(CLOSE_SECONDS)
            if self._thread.is_alive():
                self.abandon()

    def _stop(self) -> None:
        self._closing = True
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._loop.stop)

    def _start(
        self, work: Callable[[], Awaitable[Answer]], future: "Future[Answer]", context: Context
    ) -> None:
        task = self._loop.create_task(_outcome(work, future), context=context)
        task.add_done_callback(lambda _: self._calls.discard(future))
        future.add_done_callback(lambda each: self._cancel(task) if each.cancelled() else None)

    def _cancel(self, task: "asyncio.Task[None]") -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(task.cancel)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        executor = ThreadPoolExecutor(EXECUTOR_THREADS, thread_name_prefix=f"plugin {self.name}")
        self._loop.set_default_executor(executor)
        try:
            # A plugin can stop its loop, or a task of it can exit. The loop runs again.
            while not self._closing and not self._loop.is_closed():
                try:
                    self._loop.run_forever()
                except BaseException as error:  # noqa: BLE001 -- the code of a plugin
                    log.warning("plugin exited", plugin=self.name, error=type(error).__name__)
            self._cancel_all()
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
            self._loop.close()
            for future in tuple(self._calls):
                with suppress(InvalidStateError):
                    future.set_exception(LoopClosed(self.name))

    def _cancel_all(self) -> None:
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        with suppress(BaseException):
            if tasks:
                self._loop.run_until_complete(asyncio.wait(tasks, timeout=CLOSE_SECONDS))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())


async def _outcome(work: Callable[[], Awaitable[Answer]], future: "Future[Answer]") -> None:
    """Put the result into ``future``. No exception leaves: asyncio ends a loop at `SystemExit`."""
    try:
        answer = await work()
    except Exception as error:  # noqa: BLE001 -- the code of a plugin
        failure: Exception = error
    except BaseException as error:  # noqa: BLE001 -- the code of a plugin
        failure = CallEnded(type(error).__name__)
        failure.__cause__ = error
    else:
        with suppress(InvalidStateError):
            future.set_result(answer)
        return
    with suppress(InvalidStateError):
        future.set_exception(failure)
