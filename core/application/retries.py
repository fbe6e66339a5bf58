"""Trying again when somebody else was faster."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from core.domain.errors import StaleVersion

ATTEMPTS = 5


Answer = TypeVar("Answer")


async def retrying(attempt: Callable[[], Awaitable[Answer]]) -> Answer:
    """Repeat a whole unit of work that met a `StaleVersion`, at most five times in all."""
    for _ in range(ATTEMPTS - 1):
        try:
            return await attempt()
        except StaleVersion:
            continue
    return await attempt()
