"""Waits for a state that another task or process reaches."""

import asyncio
from collections.abc import Awaitable, Callable

DEADLINE_SECONDS = 60
PAUSE_SECONDS = 0.02


async def until(reached: Callable[[], Awaitable[bool]], seconds: float = DEADLINE_SECONDS) -> None:
    """Wait until ``reached`` returns True. Raises `TimeoutError` after ``seconds``."""
    async with asyncio.timeout(seconds):
        while not await reached():  # noqa: ASYNC110 -- another process sets no event
            await asyncio.sleep(PAUSE_SECONDS)
