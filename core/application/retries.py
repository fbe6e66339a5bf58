"""Runs a unit of work again after a conflict with a concurrent one."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from core.domain.errors import StaleVersion
from ports.errors import OutcomeUnknown, TransactionAborted

ATTEMPTS = 5
RETRY_WITHIN_SECONDS = 10.0
"""No further attempt starts after this time: a lock timeout alone takes seconds."""

PAUSE_SECONDS = 0.01
"""The longest pause before the second attempt; it doubles with each attempt."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

CONFLICTS = (StaleVersion, TransactionAborted)


async def retrying(attempt: Callable[[], Awaitable[Result]], *, repeatable: bool = False) -> Result:
    """Run a unit of work. After a conflict run it again, at most five times in all.

    ``repeatable``: a second commit has no further effect, so the unit also runs again after a
    commit without an answer (`OutcomeUnknown`).
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + RETRY_WITHIN_SECONDS
    conflicts = (*CONFLICTS, OutcomeUnknown) if repeatable else CONFLICTS
    for number in range(ATTEMPTS - 1):
        try:
            return await attempt()
        except conflicts:
            # Jitter: transactions that met once do not meet again at the same moment.
            pause = random.uniform(0, PAUSE_SECONDS * 2**number)  # noqa: S311 -- not a secret
            if clock() + pause > deadline:
                raise
            await asyncio.sleep(pause)
    return await attempt()


def retried(
    attempt: Callable[Parameters, Awaitable[Result]],
) -> Callable[Parameters, Awaitable[Result]]:
    """Decorator: each call is one unit of work, and runs as in `retrying`."""

    @wraps(attempt)
    async def run(*arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
        return await retrying(lambda: attempt(*arguments, **named))

    return run
