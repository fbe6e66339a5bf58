"""The background worker and its jobs."""

from dataclasses import dataclass

from adapters.worker.worker import Job, Wakeup, Worker
from core.application.accounts.guessing import PurgeGuesses
from core.application.accounts.links import PurgeAccountLinks
from core.application.audit.verification import SignHeads
from core.application.carts.changes import PurgeCarts
from core.application.customers.registration import PurgeRegistrations
from core.application.customers.sessions import PurgeSessions
from core.application.deliveries import DeliverEvents
from core.application.events import PurgeEvents, RelayEvents
from core.application.ledger.expiry import EndExpiredTransferHolds, ExpireLots
from core.application.orders.cancellation import ExpireOrders
from core.application.orders.holds import EndHolds
from core.application.payments.attempts import PollPayments
from core.application.payments.refund_sending import SendRefunds
from core.application.pricing.applied_prices import ApplyPrices
from core.application.pricing.price_changes import PublishRuleChanges
from core.application.pricing.price_history import PurgePriceHistory
from core.application.privacy.data_links import PurgeDataLinks
from core.application.privacy.erasure import CarryOutErasures
from core.application.privacy.retention import EndRetention
from core.application.recommendation import RebuildRecommendations
from core.application.search import PrepareSearchIndex
from entrepot.assembly.plugin_shop import PluginShopParts
from entrepot.assembly.wiring import bound, made, wired
from ports.clock import Clock
from ports.idempotency import IdempotencyKeys
from ports.unpaid_orders import ForgetClients

RESTART_AFTER_SECONDS = 1.0
"""Wait before the lanes of the deliveries start again after an error of the database."""

EXPIRE_EVERY_SECONDS = 15.0
HOLDS_EVERY_SECONDS = 15.0
PRICES_EVERY_SECONDS = 15.0
POLL_EVERY_SECONDS = 5.0
REFUND_EVERY_SECONDS = 2.0
ERASE_EVERY_SECONDS = 15.0
PREPARE_EVERY_SECONDS = 30.0
HOUR_SECONDS = 3_600.0
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class PurgeExpired:
    """Delete expired sessions, registrations, carts, events, links, guesses, prices and keys.

    Network addresses of old orders are deleted, too.
    """

    sessions: PurgeSessions
    carts: PurgeCarts
    events: PurgeEvents
    data_links: PurgeDataLinks
    clients: ForgetClients
    account_links: PurgeAccountLinks
    registrations: PurgeRegistrations
    guesses: PurgeGuesses
    prices: PurgePriceHistory
    keys: IdempotencyKeys
    now: Clock

    async def __call__(self) -> None:
        await self.sessions()
        await self.carts()
        await self.events()
        await self.data_links()
        await self.clients(self.now())
        await self.account_links()
        await self.registrations()
        await self.guesses()
        await self.prices()
        await self.keys.purge(self.now())


def worker_of(
    relay: RelayEvents,
    wakeup: Wakeup,
    deliver: DeliverEvents,
    expire: ExpireOrders,
    holds: EndHolds,
    transfer_holds: EndExpiredTransferHolds,
    expire_lots: ExpireLots,
    prices: ApplyPrices,
    rules: PublishRuleChanges,
    poll: PollPayments,
    refunds: SendRefunds,
    erasures: CarryOutErasures,
    retention: EndRetention,
    sign: SignHeads,
    rebuild: RebuildRecommendations,
    prepare: PrepareSearchIndex,
    purge: PurgeExpired,
) -> Worker:
    return Worker(
        relay,
        wakeup,
        {
            "deliver events": Job(RESTART_AFTER_SECONDS, deliver.run),
            "expire orders": Job(EXPIRE_EVERY_SECONDS, expire),
            "end holds of orders": Job(EXPIRE_EVERY_SECONDS, holds),
            "end holds of transfers": Job(HOLDS_EVERY_SECONDS, transfer_holds),
            "expire lots": Job(HOUR_SECONDS, expire_lots),
            "apply prices": Job(PRICES_EVERY_SECONDS, prices),
            "publish starts and ends of promotions": Job(PRICES_EVERY_SECONDS, rules),
            "poll payments": Job(POLL_EVERY_SECONDS, poll),
            "send refunds": Job(REFUND_EVERY_SECONDS, refunds),
            "carry out erasures": Job(ERASE_EVERY_SECONDS, erasures),
            "end retention": Job(HOUR_SECONDS, retention),
            "sign the logs": Job(HOUR_SECONDS, sign),
            "prepare the search index": Job(PREPARE_EVERY_SECONDS, prepare),
            "rebuild recommendations": Job(DAY_SECONDS, rebuild),
            "purge expired rows": Job(HOUR_SECONDS, purge),
        },
    )


@wired
class JobParts(PluginShopParts):
    purge_expired = made(PurgeExpired)
    worker = bound(Worker, worker_of)
