"""Retries a unit of work after an optimistic-lock conflict."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from core.domain.errors import StaleVersion

ATTEMPTS = 5

Result = TypeVar("Result")


async def retrying(attempt: Callable[[], Awaitable[Result]]) -> Result:
    """Run a unit of work. On `StaleVersion` run it again, at most five times in all."""
    for _ in range(ATTEMPTS - 1):
        try:
            return await attempt()
        except StaleVersion:
            continue
    return await attempt()
