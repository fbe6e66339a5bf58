"""The outbox and its subscribers, in this process and over the network."""

from adapters.database.audit.log import SqlAuditLog
from adapters.database.events.outbox import SqlOutbox
from adapters.database.events.webhooks import SqlWebhooks
from adapters.plugins.subscriber import GuardedSubscriber
from adapters.serialization.events import type_of
from adapters.webhooks.sender import WebhookSender
from core.application.events import (
    DeliverMissed,
    Listener,
    LocalSubscribers,
    PurgeEvents,
    RelayEvents,
    RemoteSubscribers,
)
from core.application.notifications import SendLinkEmails
from core.application.payments.attempts import CloseOtherPayments
from core.application.search import IndexProducts
from entrepot.assembly.audit import AuditParts
from entrepot.assembly.notifications import NotificationParts
from entrepot.assembly.payments import PaymentParts
from entrepot.assembly.plugin_loading import PluginGuards
from entrepot.assembly.search import SearchParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings
from ports.clock import Clock
from ports.events.outbox import Outbox
from ports.events.webhooks import Webhook, Webhooks


def local_subscribers_of(
    plugins: PluginManager,
    plugin_guards: PluginGuards,
    index: IndexProducts,
    close_paid: CloseOtherPayments,
    audit_log: SqlAuditLog,
) -> LocalSubscribers:
    """Subscribers of the shop and of plugins. Plugins do not receive internal events."""
    listeners = {
        "search": Listener(index),
        "payments": Listener(close_paid),
        "audit": Listener(audit_log),
    }
    for name, subscriber in plugins.registered("entrepot_subscribers"):
        guarded = GuardedSubscriber(subscriber.handle, plugin_guards.of(name))
        listeners[name] = Listener(guarded, lambda event: not event.internal)

    async def subscribers() -> dict[str, Listener]:
        return listeners

    return subscribers


def remote_subscribers_of(
    webhooks: Webhooks, sender: WebhookSender, emails: SendLinkEmails
) -> RemoteSubscribers:
    """Subscribers over the network: webhooks and the mail server."""

    def listener(webhook: Webhook) -> Listener:
        return Listener(
            lambda envelopes: sender.send(webhook, envelopes),
            lambda event: not event.internal and webhook.wants(type_of(event)),
        )

    async def subscribers() -> dict[str, Listener]:
        by_webhook = {each.subscriber: listener(each) for each in await webhooks.list()}
        return {"mail": Listener(emails, emails.wants), **by_webhook}

    return subscribers


def webhook_sender_of(settings: Settings, now: Clock) -> WebhookSender:
    return WebhookSender(settings.secret_key.get_secret_value().encode(), now)


@wired
class EventParts(NotificationParts, AuditParts, SearchParts, PaymentParts):
    outbox = bound(Outbox, SqlOutbox)
    webhooks = bound(Webhooks, SqlWebhooks)
    webhook_sender = bound(WebhookSender, webhook_sender_of)
    close_paid_orders = made(CloseOtherPayments)
    local_subscribers = bound(LocalSubscribers, local_subscribers_of)
    remote_subscribers = bound(RemoteSubscribers, remote_subscribers_of)
    relay_events = made(RelayEvents)
    deliver_missed = made(DeliverMissed)
    purge_events = made(PurgeEvents)
