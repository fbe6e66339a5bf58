"""Abilities of the shop that a plugin calls: they run on the server's loop, not on the plugin's."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import TypeVar

from ports.recommendation import Basket, PurchaseHistory

BASKETS_PER_CALL = 500

Answer = TypeVar("Answer")


class CallbackPurchaseHistory:
    """Reads the purchase history on the loop that creates this object, in batches."""

    def __init__(self, history: PurchaseHistory) -> None:
        self._history = history
        self._loop = asyncio.get_running_loop()

    async def baskets(self) -> AsyncGenerator[Basket, None]:
        batches = _batches(self._history.baskets())
        try:
            while batch := await self._on_server(lambda: anext(batches, None)):
                for basket in batch:
                    yield basket
        finally:
            await self._on_server(batches.aclose)

    async def _on_server(self, work: Callable[[], Awaitable[Answer]]) -> Answer:
        async def call() -> Answer:
            return await work()

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(call(), self._loop))


async def _batches(baskets: AsyncIterator[Basket]) -> AsyncGenerator[list[Basket], None]:
    batch: list[Basket] = []
    async for basket in baskets:
        batch.append(basket)
        if len(batch) == BASKETS_PER_CALL:
            yield batch
            batch = []
    if batch:
        yield batch
