"""What goes on beside the requests: the worker's jobs, and who is told over a network."""

from collections.abc import Awaitable, Callable

from adapters.serialization.events import type_of
from adapters.webhooks.sender import WebhookSender
from adapters.worker.worker import Job, Wakeup, Worker
from core.application.audit.verifying import SignHeads
from core.application.carts import ForgetCarts
from core.application.members import ForgetSessions
from core.application.orders import ExpireOrders
from core.application.payments import PollPayments
from core.application.privacy.erasing import CarryOutErasures
from core.application.privacy.retention import EndRetention
from core.application.proving import ForgetDataLinks, SendLinks
from core.application.refunds import SendRefunds
from core.application.relaying import (
    DeliverMissed,
    ForgetEvents,
    Listener,
    RelayEvents,
    Subscribers,
)
from entrepot.settings import Settings
from ports.clock import Clock
from ports.recommendation import Purchases, Recommender
from ports.storage.idempotency import IdempotencyKeys
from ports.storage.webhooks import Webhook, Webhooks

DELIVER_EVERY_SECONDS = 1.0
EXPIRE_EVERY_SECONDS = 15.0
POLL_EVERY_SECONDS = 5.0
REFUND_EVERY_SECONDS = 2.0
ERASE_EVERY_SECONDS = 15.0
HOUR_SECONDS = 3_600.0
DAY_SECONDS = 86_400.0


def rebuilding(recommender: Recommender, purchases: Purchases) -> Callable[[], Awaitable[object]]:
    return lambda: recommender.rebuild(purchases)


def over_networks(webhooks: Webhooks, sender: WebhookSender, letters: SendLinks) -> Subscribers:
    """Other systems, and the mail server."""

    def listener(webhook: Webhook) -> Listener:
        return Listener(
            lambda envelopes: sender.send(webhook, envelopes),
            lambda event: not event.internal and webhook.wants(type_of(event)),
        )

    async def listening() -> dict[str, Listener]:
        systems = {each.subscriber: listener(each) for each in await webhooks.list()}
        return {"mail": Listener(letters, letters.wants), **systems}

    return listening


def webhook_sender(settings: Settings, now: Clock) -> WebhookSender:
    return WebhookSender(settings.secret_key.get_secret_value().encode(), now)


def forgetting(
    sessions: ForgetSessions,
    carts: ForgetCarts,
    events: ForgetEvents,
    data_links: ForgetDataLinks,
    keys: IdempotencyKeys,
    now: Clock,
) -> Callable[[], Awaitable[object]]:
    async def forget() -> None:
        await sessions()
        await carts()
        await events()
        await data_links()
        await keys.purge(now())

    return forget


def worker_of(
    relay: RelayEvents,
    wakeup: Wakeup,
    deliver: DeliverMissed,
    expire: ExpireOrders,
    poll: PollPayments,
    refunds: SendRefunds,
    erasures: CarryOutErasures,
    retention: EndRetention,
    sign: SignHeads,
    rebuild: Callable[[], Awaitable[object]],
    forget: Callable[[], Awaitable[object]],
) -> Worker:
    return Worker(
        relay,
        wakeup,
        {
            "deliver what was missed": Job(DELIVER_EVERY_SECONDS, deliver.drain),
            "expire orders": Job(EXPIRE_EVERY_SECONDS, expire),
            "poll payments": Job(POLL_EVERY_SECONDS, poll),
            "send refunds": Job(REFUND_EVERY_SECONDS, refunds),
            "carry out erasures": Job(ERASE_EVERY_SECONDS, erasures),
            "end retention": Job(HOUR_SECONDS, retention),
            "sign the logs": Job(HOUR_SECONDS, sign),
            "rebuild recommendations": Job(DAY_SECONDS, rebuild),
            "forget what has ended": Job(HOUR_SECONDS, forget),
        },
    )
