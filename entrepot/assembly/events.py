"""The outbox and its subscribers, in this process and over the network."""

from collections.abc import Callable, Collection, Container
from itertools import chain, count

from adapters.database.audit.log import SqlAuditLog
from adapters.database.events.deliveries import SqlDeliveries
from adapters.database.events.outbox import SqlOutbox
from adapters.database.events.webhooks import SqlWebhooks
from adapters.plugins.guards import PluginGuards
from adapters.plugins.subscriber import GuardedListener, GuardedSubscriber
from adapters.security.event_log import is_security_event, log_security_events
from adapters.serialization.events import public_types, type_of
from adapters.webhooks.sender import WebhookSender
from core.application.accounts.emails import SendAccountEmails
from core.application.coupons.grant_returns import TakeBackGrants
from core.application.coupons.grants import IssueGrants
from core.application.deliveries import DeliverEvents
from core.application.events import (
    Listener,
    LocalSubscribers,
    PurgeEvents,
    RelayEvents,
    RemoteSubscribers,
)
from core.application.notifications.link_emails import SendLinkEmails
from core.application.notifications.order_emails import SendOrderEmails
from core.application.payments.attempts import CloseOtherPayments
from core.application.search import IndexProducts
from core.application.taxes.recording import RecordTaxes
from core.domain.events import Event, InstalmentPaid, OrderPaid
from entrepot.assembly.audit import AuditParts
from entrepot.assembly.coupons import CouponParts
from entrepot.assembly.notifications import NotificationParts
from entrepot.assembly.payments import PaymentParts
from entrepot.assembly.search import SearchParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_contract import EVENT_TYPES, LISTENERS, SUBSCRIBERS
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings
from ports.clock import Clock
from ports.events.outbox import Deliveries, Outbox
from ports.events.webhooks import EventTypeNames, Webhook, Webhooks

PLUGIN_BATCH = 50
"""Events of one call of a plugin's subscriber."""

SEARCH, AUDIT, SECURITY_LOG, GRANTS = "search", "audit", "security log", "grants"
GRANT_RETURNS = "grant returns"
LOCAL = SEARCH, AUDIT, SECURITY_LOG, GRANTS, GRANT_RETURNS


def local_subscribers_of(
    index: IndexProducts,
    audit_log: SqlAuditLog,
    grants: IssueGrants,
    grant_returns: TakeBackGrants,
) -> LocalSubscribers:
    listeners = {
        SEARCH: Listener(index),
        AUDIT: Listener(audit_log),
        SECURITY_LOG: Listener(log_security_events, is_security_event),
        GRANTS: Listener(grants, grants.wants),
        GRANT_RETURNS: Listener(grant_returns, grant_returns.wants),
    }

    async def subscribers() -> dict[str, Listener]:
        return listeners

    return subscribers


def _free_name(name: str, taken: Container[str]) -> str:
    """The name of a plugin; with a number if it has several subscribers, or a name of the shop."""
    names = chain([name], (f"{name}.{number}" for number in count(2)))
    return next(each for each in names if each not in taken and each not in LOCAL)


def plugin_subscribers_of(
    plugins: PluginManager, plugin_guards: PluginGuards, taken: Collection[str]
) -> dict[str, Listener]:
    """The subscribers of plugins, in batches, and their listeners, each with its own lane."""
    found: dict[str, Listener] = {}
    own = {name: own_types(plugins, name) for name in plugins.loaded}
    for name, subscriber in plugins.registered(SUBSCRIBERS):
        guarded = GuardedSubscriber(subscriber, plugin_guards.of(name), own[name])
        free = _free_name(name, {*found, *taken})
        found[free] = Listener(guarded, lambda event: not event.internal, PLUGIN_BATCH)
    for name, listener, description in plugins.described(LISTENERS):
        handle = GuardedListener(listener, plugin_guards.of(name), description.code, own[name])
        found[f"{name}/{description.code}"] = Listener(handle, wants_one_of(description.types))
    return found


def own_types(plugins: PluginManager, plugin: str) -> dict[str, type[Event]]:
    """The classes with which a plugin declares its event types."""
    described = plugins.described(EVENT_TYPES)
    return {each.code: kind for name, kind, each in described if name == plugin}


def wants_one_of(types: frozenset[str]) -> Callable[[Event], bool]:
    return lambda event: not event.internal and type_of(event) in types


def event_type_names_of(plugins: PluginManager) -> EventTypeNames:  # noqa: ARG001 -- must be loaded
    return public_types


def remote_subscribers_of(
    webhooks: Webhooks,
    sender: WebhookSender,
    emails: SendLinkEmails,
    account_emails: SendAccountEmails,
    order_emails: SendOrderEmails,
    close_paid: CloseOtherPayments,
    record_taxes: RecordTaxes,
    settings: Settings,
    plugins: PluginManager,
    plugin_guards: PluginGuards,
) -> RemoteSubscribers:
    """Webhooks, the mail server, gateways and plugins. Plugins receive no internal events."""
    others = {
        "mail": Listener(emails, emails.wants),
        "account mail": Listener(account_emails, account_emails.wants),
        "order mail": Listener(order_emails, order_emails.wants),
        "payments": Listener(
            close_paid, lambda event: isinstance(event, OrderPaid | InstalmentPaid)
        ),
    }
    if settings.tax_engine:
        others["taxes"] = Listener(record_taxes, record_taxes.wants)
    others |= plugin_subscribers_of(plugins, plugin_guards, others)

    def listener(webhook: Webhook) -> Listener:
        return Listener(
            lambda envelopes: sender.send(webhook, envelopes),
            lambda event: not event.internal and webhook.wants(type_of(event)),
            can_be_disabled=True,
        )

    async def subscribers() -> dict[str, Listener]:
        enabled = [each for each in await webhooks.list() if each.disabled_at is None]
        return {**others, **{each.subscriber: listener(each) for each in enabled}}

    return subscribers


def webhook_sender_of(settings: Settings, now: Clock) -> WebhookSender:
    key = settings.secret_key.get_secret_value().encode()
    return WebhookSender(key, now, settings.webhook_networks)


@wired
class EventParts(CouponParts, NotificationParts, AuditParts, SearchParts, PaymentParts):
    outbox = bound(Outbox, SqlOutbox)
    webhooks = bound(Webhooks, SqlWebhooks)
    event_type_names = bound(EventTypeNames, event_type_names_of)
    webhook_sender = bound(WebhookSender, webhook_sender_of)
    close_paid_orders = made(CloseOtherPayments)
    record_taxes = made(RecordTaxes)
    local_subscribers = bound(LocalSubscribers, local_subscribers_of)
    remote_subscribers = bound(RemoteSubscribers, remote_subscribers_of)
    relay_events = made(RelayEvents)
    deliveries = bound(Deliveries, SqlDeliveries)
    deliver_events = made(DeliverEvents)
    purge_events = made(PurgeEvents)
