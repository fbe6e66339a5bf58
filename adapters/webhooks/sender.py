"""One event to one address, as Standard Webhooks defines it.

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
from standardwebhooks import Webhook as Signature

from adapters.serialization.events import payload_of, type_of
from adapters.tls import tls_context
from ports.clock import Clock
from ports.errors import Unavailable
from ports.events.outbox import Envelope
from ports.events.webhooks import Webhook

TIMEOUT_SECONDS = 10.0
AT_ONCE = 4
"""How many events one address gets together: some hosts are small."""


def secret_of(key: bytes, webhook_id: UUID) -> str:
    """What the receiver checks signatures with: made from the shop's key, and kept nowhere."""
    made = digest(key, f"webhook {webhook_id}".encode(), "sha256")
    return f"whsec_{b64encode(made).decode()}"


class WebhookSender:
    def __init__(self, key: bytes, now: Clock) -> None:
        self._key = key
        self._now = now
        self._client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, verify=tls_context())
        self._turns: dict[UUID, Semaphore] = defaultdict(lambda: Semaphore(AT_ONCE))

    async def send(self, webhook: Webhook, envelopes: Sequence[Envelope]) -> None:
        """Raises `Unavailable` unless each is answered with a 2xx."""
        for envelope in envelopes:
            if webhook.wants(type_of(envelope.event)):
                async with self._turns[webhook.id]:
                    await self._send(webhook, envelope)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _send(self, webhook: Webhook, envelope: Envelope) -> None:
        facts = payload_of(envelope.event)
        at = facts.pop("at")
        body = json.dumps({"type": type_of(envelope.event), "timestamp": at, "data": facts})
        name, now = f"evt_{envelope.id.hex}", self._now()
        signature = Signature(secret_of(self._key, webhook.id)).sign(name, now, body)
        headers = {
            "content-type": "application/json",
            "user-agent": "entrepot",
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        try:
            answer = await self._client.post(webhook.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise Unavailable from error
        if not answer.is_success:
            raise Unavailable
