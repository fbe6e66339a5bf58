"""Deletes old rows in batches, so that no transaction is long."""

from collections.abc import Awaitable, Callable


async def purge_all(purge_batch: Callable[[], Awaitable[int]]) -> int:
    """Delete batches, one transaction each, until one deletes nothing. Returns their total."""
    purged = 0
    while count := await purge_batch():
        purged += count
    return purged
