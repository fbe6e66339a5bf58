"""Telling the merchant, and telling again until it is heard."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import httpx

TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Message:
    """One notification over HTTP. ``heard`` checks the response of the merchant."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    heard: Callable[[int, bytes], bool]


class Notifier:
    """Sends at once, then after each of ``schedule`` seconds until it is acknowledged.

    With ``holding`` it stores messages in ``held`` instead. A test then calls `deliver` late,
    twice, in another order, or with a changed message.
    """

    def __init__(
        self,
        schedule: Sequence[float],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.holding = False
        self.held: list[Message] = []
        self._schedule = schedule
        self._sleep = sleep
        self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, transport=transport)
        self._telling: set[asyncio.Task[None]] = set()

    async def send(self, message: Message) -> None:
        """Send now, so that the merchant can know before the buyer returns."""
        if self.holding:
            self.held.append(message)
            return
        if not await self.deliver(message):
            task = asyncio.create_task(self._repeat(message))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def deliver(self, message: Message) -> bool:
        """Send once. Returns whether it was acknowledged."""
        try:
            answer = await self._client.post(
                message.url, content=message.body, headers=dict(message.headers)
            )
        except httpx.HTTPError:
            return False
        return message.heard(answer.status_code, answer.content)

    async def aclose(self) -> None:
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)
        await self._client.aclose()

    async def _repeat(self, message: Message) -> None:
        for seconds in self._schedule:
            await self._sleep(seconds)
            if await self.deliver(message):
                return
