"""What goes on beside the requests: the worker and its jobs."""

from dataclasses import dataclass

from adapters.worker.worker import Job, Wakeup, Worker
from core.application.audit.verifying import SignHeads
from core.application.carts import ForgetCarts
from core.application.members import ForgetSessions
from core.application.orders import ExpireOrders
from core.application.payments import PollPayments
from core.application.privacy.erasing import CarryOutErasures
from core.application.privacy.retention import EndRetention
from core.application.proving import ForgetDataLinks
from core.application.recommending import RebuildRecommendations
from core.application.refunds import SendRefunds
from core.application.relaying import DeliverMissed, ForgetEvents, RelayEvents
from entrepot.assembly.events import EventParts
from entrepot.assembly.fulfillment import FulfillmentParts
from entrepot.assembly.wiring import bound, made, wired
from ports.clock import Clock
from ports.storage.idempotency import IdempotencyKeys

DELIVER_EVERY_SECONDS = 1.0
EXPIRE_EVERY_SECONDS = 15.0
POLL_EVERY_SECONDS = 5.0
REFUND_EVERY_SECONDS = 2.0
ERASE_EVERY_SECONDS = 15.0
HOUR_SECONDS = 3_600.0
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class ForgetEnded:
    """Remove what has ended and is not needed any more."""

    sessions: ForgetSessions
    carts: ForgetCarts
    events: ForgetEvents
    data_links: ForgetDataLinks
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
    forget: ForgetEnded,
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


@wired
class JobParts(EventParts, FulfillmentParts):
    forget_ended = made(ForgetEnded)
    worker = bound(Worker, worker_of)
