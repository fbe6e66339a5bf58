"""Events that a plugin publishes."""

from typing import Protocol

from core.domain.events import Event


class ShopEvents(Protocol):
    """Publishes events of the plugin's own types. Needs the capability ``events``."""

    async def publish(self, event: Event, idempotency_key: str) -> None:
        """Store an event in the outbox once, also if this is called again with the same key.

        Listeners, subscribers and webhooks receive it, and it is in the audit log. ``at`` is in
        the last 24 hours; a repetition may have another one.

        Raises:
            Invalid: the type is not registered, or a value is not what its field declares.
            KeyReused: the key belongs to another event.
        """
