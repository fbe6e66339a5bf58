"""Works through due rows that several workers share."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

LEASE = timedelta(minutes=2)
"""Other workers skip a claimed row for this long. One row needs at most a few calls of a plugin,
of ten seconds each."""

CLAIMED_AT_ONCE = 8
"""The rows of one claim are handled concurrently, so all of them end within the lease."""

Row = TypeVar("Row")


async def work_through(
    claim: Callable[[int], Awaitable[Sequence[Row]]],
    handle: Callable[[Row], Awaitable[object]],
    limit: int,
) -> int:
    """Claim and handle due rows until none is due, at most ``limit``. Returns their number.

    ``claim`` returns at most the given number of rows. An error of one row is raised after the
    others of its claim are handled.
    """
    done = 0
    while done < limit and (claimed := await claim(min(CLAIMED_AT_ONCE, limit - done))):
        results = await asyncio.gather(*map(handle, claimed), return_exceptions=True)
        for error in results:
            if isinstance(error, BaseException):
                raise error
        done += len(claimed)
    return done
