"""Calls that a buyer waits for: the shop goes on after their time, whatever the plugin does."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from ports.errors import PortError, Unavailable

Answer = TypeVar("Answer")

GRACE_SECONDS = 0.02
"""After its limit a call ends with an error; no longer than this."""

late_calls: set["asyncio.Task[Any]"] = set()
"""Calls that go on after their caller: their guard finds out whether the plugin blocks."""


async def within(seconds: float, call: Coroutine[Any, Any, Answer]) -> Answer:
    """The answer of a guarded call that has ``seconds``.

    Raises:
        PortError: as the call; `Unavailable` if it does not end in time.
    """
    task = asyncio.create_task(call)
    done, _ = await asyncio.wait({task}, timeout=seconds + GRACE_SECONDS)
    if done:
        return task.result()
    late_calls.add(task)
    task.add_done_callback(_forget)
    raise Unavailable


def _forget(task: "asyncio.Task[Any]") -> None:
    late_calls.discard(task)
    if not task.cancelled() and not isinstance(error := task.exception(), PortError) and error:
        raise error
