"""Sends events to one webhook, signed as Standard Webhooks defines it.

Source: https://www.standardwebhooks.com, version 1.
"""

import json
from asyncio import Semaphore
from base64 import b64encode
from collections import defaultdict
from collections.abc import Sequence
from hmac import digest
from uuid import UUID

import httpx
import structlog
from standardwebhooks import Webhook as Signature

from adapters.outgoing.client import CallLimits, public_client
from adapters.outgoing.public_network import Networks
from adapters.serialization.events import payload_of, type_of
from ports.clock import Clock
from ports.errors import Unavailable
from ports.events.outbox import Envelope
from ports.events.webhooks import Webhook

LIMITS = CallLimits(seconds=10.0, max_bytes=64 * 1024, cut=True)
"""Only the status of a response counts, so the rest of a long one is not read."""
log = structlog.get_logger(__name__)

CONCURRENT_REQUESTS = 4
"""Per webhook: the receiver may be a small host."""


def secret_of(key: bytes, webhook_id: UUID) -> str:
    """Derive the signing secret of a webhook from the shop's key; it is not stored."""
    derived = digest(key, f"webhook {webhook_id}".encode(), "sha256")
    return f"whsec_{b64encode(derived).decode()}"


class WebhookSender:
    """``allowed`` are networks of receivers that are not public, such as the shop's own."""

    def __init__(self, key: bytes, now: Clock, allowed: Networks = ()) -> None:
        self._key = key
        self._now = now
        self._client = public_client(LIMITS, allowed)
        self._slots: dict[UUID, Semaphore] = defaultdict(lambda: Semaphore(CONCURRENT_REQUESTS))

    async def send(self, webhook: Webhook, envelopes: Sequence[Envelope]) -> None:
        """Send the events of the webhook's types, one request each.

        Raises:
            Unavailable: a request failed or was not answered with a 2xx status.
        """
        for envelope in envelopes:
            if webhook.wants(type_of(envelope.event)):
                async with self._slots[webhook.id]:
                    await self._send(webhook, envelope)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _send(self, webhook: Webhook, envelope: Envelope) -> None:
        data = payload_of(envelope.event)
        at = data.pop("at")
        body = json.dumps({"type": type_of(envelope.event), "timestamp": at, "data": data})
        message_id, now = f"evt_{envelope.id.hex}", self._now()
        signature = Signature(secret_of(self._key, webhook.id)).sign(message_id, now, body)
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        try:
            answer = await self._client.post(webhook.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            log.warning("webhook not delivered", webhook=str(webhook.id), error=repr(error))
            raise Unavailable from error
        if not answer.is_success:
            raise Unavailable
