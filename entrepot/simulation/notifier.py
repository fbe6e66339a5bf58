"""Telling the merchant, and telling again until it is heard."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import httpx

from adapters.tls import tls_context

TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Message:
    """One notification as it goes over the wire; ``heard`` judges the merchant's answer."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    heard: Callable[[int, bytes], bool]


class Notifier:
    """Sends at once, and then after each of ``schedule`` seconds until the answer is right.

    With ``holding`` it keeps its messages in ``held`` instead: a test delivers them late,
    doubled, shuffled or changed, with `deliver`.
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
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT_SECONDS, transport=transport, verify=tls_context()
        )
        self._telling: set[asyncio.Task[None]] = set()

    async def send(self, message: Message) -> None:
        """Tell it once now, so that a quick merchant knows before the buyer is back."""
        if self.holding:
            self.held.append(message)
            return
        if not await self.deliver(message):
            task = asyncio.create_task(self._repeat(message))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def deliver(self, message: Message) -> bool:
        """One try; whether it was acknowledged."""
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
