"""Benchmark of one hot quota: a counter for each buyer, one for all, and 16.

`python -m benchmarks.claims` on a new PostgreSQL database. Two processes hold claims for orders
that are stored before. The best of three rounds counts, as a ratio to the rate without contention.
"""

import asyncio
import os
import secrets
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select

from adapters.database.migration import upgrade
from adapters.database.tables.claims import quotas
from benchmarks.money import temporary_database
from core.domain.claims import SHARDS, Claim, ClaimKind
from core.domain.identifiers import OrderId
from entrepot.assembly.shop import Shop, close_shop, open_shop
from entrepot.settings import Settings
from entrepot.testing.storage.samples import an_order

PROCESSES, CONNECTIONS, ORDERS, ROUNDS = 2, 10, 500, 3
SECRET = secrets.token_hex(32)
ROUND = Claim(kind=ClaimKind.UNITS, key="round", limit=10**9)
NO_CONTENTION = "a counter each"
CLAIMS = {
    NO_CONTENTION: ROUND,
    "one counter": replace(ROUND, key="one"),
    f"{SHARDS} counters": replace(ROUND, key="many", shards=SHARDS),
}


def settings_of(url: str, folder: Path) -> Settings:
    return Settings(secret_key=SECRET, database_url=url, data_dir=folder)  # type: ignore[arg-type]


def hold_claims(settings: Settings, name: str) -> float:
    """The work of one process: hold a claim for each order. Returns the seconds that it took."""
    return asyncio.run(_hold_claims(settings, name))


async def _hold_claims(settings: Settings, name: str) -> float:
    shop = open_shop(settings)
    waiting = iter([await _saved_order(shop) for _ in range(ORDERS)])

    async def buyer(number: int) -> None:
        claim = CLAIMS[name]
        if name == NO_CONTENTION:
            claim = replace(claim, key=f"{os.getpid()}-{number}")
        for order_id in waiting:
            async with shop.units()() as unit:
                await unit.claims.hold(order_id, [claim])
                await unit.commit()

    started = time.perf_counter()
    await asyncio.gather(*map(buyer, range(CONNECTIONS)))
    seconds = time.perf_counter() - started
    await close_shop(shop)
    return seconds


async def _saved_order(shop: Shop) -> OrderId:
    number = uuid4().hex
    order = an_order(number, number)
    async with shop.units()() as unit:
        await unit.orders.save(order)
        await unit.commit()
    return order.id


async def _prepare(settings: Settings) -> None:
    shop = open_shop(settings)
    await shop.vault().prepare()
    await upgrade(shop.database())
    await close_shop(shop)


async def _taken(settings: Settings) -> int:
    shop = open_shop(settings)
    async with shop.database().reads.connect() as connection:
        taken = await connection.scalar(select(func.sum(quotas.c.taken)))
    await close_shop(shop)
    return int(taken or 0)


async def _measure(url: str, folder: Path) -> bool:
    settings = settings_of(url, folder)
    await _prepare(settings)
    best: dict[str, float] = dict.fromkeys(CLAIMS, 0.0)
    with ProcessPoolExecutor(PROCESSES) as pool:
        for _ in range(ROUNDS):
            for name in CLAIMS:
                best[name] = max(best[name], await _per_second(pool, settings, name))
    for name, rate in best.items():
        print(f"{name:16}{rate:8,.0f} orders/s{rate / best[NO_CONTENTION]:8.2f}")
    return await _taken(settings) == len(CLAIMS) * ROUNDS * PROCESSES * ORDERS


async def _per_second(pool: ProcessPoolExecutor, settings: Settings, name: str) -> float:
    loop = asyncio.get_running_loop()
    seconds = await asyncio.gather(
        *(loop.run_in_executor(pool, hold_claims, settings, name) for _ in range(PROCESSES))
    )
    return PROCESSES * ORDERS / max(seconds)


async def _main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        async with temporary_database() as url:
            correct = await _measure(url, Path(folder))
    if not correct:
        print("The result is wrong.")
    return 0 if correct else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
