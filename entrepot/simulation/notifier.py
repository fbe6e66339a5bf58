"""Sends notifications to the merchant, and repeats them until they are acknowledged."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import httpx

from adapters.outgoing.client import CallLimits, OutgoingClient

LIMITS = CallLimits(seconds=5.0, max_bytes=64 * 1024)
FORM_HEADERS = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
"""The headers of a notification that is sent as a form."""


@dataclass(frozen=True, slots=True)
class Message:
    """One notification request; ``acknowledged`` judges the merchant's response."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    acknowledged: Callable[[int, bytes], bool]


def success_text(status: int, body: bytes) -> bool:
    """The acknowledgement of protocols that expect the body ``success``."""
    return status == httpx.codes.OK and body == b"success"


def success_status(status: int, _body: bytes) -> bool:
    """The acknowledgement of protocols that check the HTTP status alone."""
    return status == httpx.codes.OK


class Notifier:
    """Sends a message now, and again after each delay of ``schedule`` (seconds) until acknowledged.

    If ``deferred``, it collects messages in ``queued`` instead: a test sends them with
    `deliver`, late, twice, in another order, or changed.
    """

    def __init__(
        self,
        schedule: Sequence[float],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.deferred = False
        self.queued: list[Message] = []
        self._schedule = schedule
        self._sleep = sleep
        self._client = OutgoingClient(LIMITS, transport=transport)
        self._retries: set[asyncio.Task[None]] = set()

    async def send(self, message: Message) -> None:
        """Send a message. Waits for the first attempt, so the buyer returns to a paid order."""
        if self.deferred:
            self.queued.append(message)
            return
        if not await self.deliver(message):
            task = asyncio.create_task(self._repeat(message))
            self._retries.add(task)
            task.add_done_callback(self._retries.discard)

    async def deliver(self, message: Message) -> bool:
        """Make one attempt. Returns True if the merchant acknowledges it."""
        try:
            answer = await self._client.post(
                message.url, content=message.body, headers=dict(message.headers)
            )
        except httpx.HTTPError:
            return False
        return message.acknowledged(answer.status_code, answer.content)

    async def aclose(self) -> None:
        for task in self._retries:
            task.cancel()
        await asyncio.gather(*self._retries, return_exceptions=True)
        await self._client.aclose()

    async def _repeat(self, message: Message) -> None:
        for seconds in self._schedule:
            await self._sleep(seconds)
            if await self.deliver(message):
                return
