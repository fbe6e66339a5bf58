"""Runs one action in many tasks, spread over threads that each have a shop of their own."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

from adapters.database.engine import open_database
from core.domain.errors import DomainError
from entrepot.assembly.shop import Shop, close_shop, open_shop
from entrepot.settings import Settings

THREADS = 5
TASKS_OF_THREAD = 10
CONNECTIONS_OF_THREAD = 5
"""Two test processes at once stay below the 100 connections that PostgreSQL allows."""

WAIT_SECONDS = 120

Act = Callable[[Shop, int], Awaitable[object]]


_loading = threading.Lock()


def open_in_thread(settings: Settings) -> Shop:
    """A shop of one thread. Plugins load one after the other.

    While a plugin loads, changes of the process count as its own.
    """
    shop = open_shop(settings)
    shop.database.override(open_database(settings.database_url, pool_size=CONNECTIONS_OF_THREAD))
    with _loading:
        shop.plugins()
    return shop


async def in_threads(shop: Shop, act: Act) -> int:
    """Run ``act`` fifty times at once. Returns the number that no domain error refused."""
    start = threading.Barrier(THREADS)
    done: list[int] = []

    async def run(thread: int) -> None:
        mine = open_in_thread(shop.settings())
        start.wait(WAIT_SECONDS)
        first = thread * TASKS_OF_THREAD
        results = await asyncio.gather(
            *(act(mine, first + task) for task in range(TASKS_OF_THREAD)), return_exceptions=True
        )
        await close_shop(mine)
        unexpected = [
            each
            for each in results
            if isinstance(each, BaseException) and not isinstance(each, DomainError)
        ]
        if unexpected:
            raise unexpected[0]
        done.append(sum(not isinstance(each, DomainError) for each in results))

    await asyncio.gather(
        *(asyncio.to_thread(asyncio.run, run(thread)) for thread in range(THREADS))
    )
    return sum(done)
