"""The background worker and its jobs."""

from dataclasses import dataclass

from adapters.worker.worker import Job, Wakeup, Worker
from core.application.audit.verification import SignHeads
from core.application.carts.changes import PurgeCarts
from core.application.customers.sessions import PurgeSessions
from core.application.events import DeliverMissed, PurgeEvents, RelayEvents
from core.application.orders.cancellation import ExpireOrders
from core.application.payments.attempts import PollPayments
from core.application.payments.refund_sending import SendRefunds
from core.application.privacy.data_links import PurgeDataLinks
from core.application.privacy.erasure import CarryOutErasures
from core.application.privacy.retention import EndRetention
from core.application.recommendation import RebuildRecommendations
from entrepot.assembly.events import EventParts
from entrepot.assembly.fulfillment import FulfillmentParts
from entrepot.assembly.wiring import bound, made, wired
from ports.clock import Clock
from ports.idempotency import IdempotencyKeys

DELIVER_EVERY_SECONDS = 1.0
EXPIRE_EVERY_SECONDS = 15.0
POLL_EVERY_SECONDS = 5.0
REFUND_EVERY_SECONDS = 2.0
ERASE_EVERY_SECONDS = 15.0
HOUR_SECONDS = 3_600.0
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class PurgeExpired:
    """Delete expired sessions, carts, events, data links and idempotency keys."""

    sessions: PurgeSessions
    carts: PurgeCarts
    events: PurgeEvents
    data_links: PurgeDataLinks
    keys: IdempotencyKeys
    now: Clock

    async def __call__(self) -> None:
        await self.sessions()
        await self.carts()
        await self.events()
        await self.data_links()
        await self.keys.purge(self.now())


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
    rebuild: RebuildRecommendations,
    purge: PurgeExpired,
) -> Worker:
    return Worker(
        relay,
        wakeup,
        {
            "deliver missed events": Job(DELIVER_EVERY_SECONDS, deliver.drain),
            "expire orders": Job(EXPIRE_EVERY_SECONDS, expire),
            "poll payments": Job(POLL_EVERY_SECONDS, poll),
            "send refunds": Job(REFUND_EVERY_SECONDS, refunds),
            "carry out erasures": Job(ERASE_EVERY_SECONDS, erasures),
            "end retention": Job(HOUR_SECONDS, retention),
            "sign the logs": Job(HOUR_SECONDS, sign),
            "rebuild recommendations": Job(DAY_SECONDS, rebuild),
            "purge expired rows": Job(HOUR_SECONDS, purge),
        },
    )


@wired
class JobParts(EventParts, FulfillmentParts):
    purge_expired = made(PurgeExpired)
    worker = bound(Worker, worker_of)
