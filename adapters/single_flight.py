"""Computes one answer for all callers that ask the same question at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class SingleFlight(Generic[Answer]):
    """It stores nothing: who asks after the answer has arrived asks anew."""

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Future[Answer]] = {}

    async def __call__(self, question: Hashable, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer of ``ask``, or of the call for the same question that is under way.

        A caller that is cancelled does not take the answer from the others.
        """
        running = self._running.get(question)
        if running is None:
            running = self._running[question] = asyncio.ensure_future(ask())
            running.add_done_callback(lambda done: self._finish(question, done))
        return await asyncio.shield(running)

    def _finish(self, question: Hashable, done: "asyncio.Future[Answer]") -> None:
        del self._running[question]
        if not done.cancelled():
            # Without a caller that is left, asyncio would report the error as never retrieved.
            done.exception()
