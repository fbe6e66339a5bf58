"""The background worker and its jobs."""

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.clock.schedules import next_run
from adapters.database.jobs.leases import SqlJobLeases
from adapters.plugins.guards import PluginGuards
from adapters.plugins.jobs import GuardedJob
from adapters.plugins.limits import Purpose
from adapters.worker.scheduler import JobScheduler
from adapters.worker.worker import PeriodicTask, Wakeup, Worker
from core.application.accounts.guessing import PurgeGuesses
from core.application.accounts.links import PurgeAccountLinks
from core.application.audit.verification import SignHeads
from core.application.carts.changes import PurgeCarts
from core.application.customers.registration import PurgeRegistrations
from core.application.customers.sessions import PurgeSessions
from core.application.deliveries import DeliverEvents
from core.application.events import PurgeEvents, RelayEvents
from core.application.jobs.running import RegisterJobs, RunJob
from core.application.jobs.scheduled import ScheduledJob, ScheduledJobs, scheduled
from core.application.jobs.states import JobStates, JobWatch, ListJobs
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
from core.domain.schedules import Every
from entrepot.assembly.plugin_settings import PluginSettingsParts, RenewSettings
from entrepot.assembly.plugin_shop import PluginShopParts
from entrepot.assembly.wiring import bound, constant, made, wired
from entrepot.plugin_contract import JOBS, RECOMMENDERS
from entrepot.plugin_manager import PluginManager
from ports.clock import Clock
from ports.idempotency import IdempotencyKeys
from ports.jobs import JobLeases, JobQueries, NextRun
from ports.search import SearchIndexName
from ports.unpaid_orders import ForgetClients

RESTART_AFTER_SECONDS = 1.0
"""Wait before the lanes of the deliveries start again after an error of the database."""

EXPIRE_EVERY_SECONDS = 15.0
HOLDS_EVERY_SECONDS = 15.0
PRICES_EVERY_SECONDS = 15.0
POLL_EVERY_SECONDS = 5.0
REFUND_EVERY_SECONDS = 2.0
ERASE_EVERY_SECONDS = 15.0
SETTINGS_EVERY_SECONDS = 3.0


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


def scheduled_jobs_of(
    expire_lots: ExpireLots,
    retention: EndRetention,
    sign: SignHeads,
    rebuild: RebuildRecommendations,
    prepare: PrepareSearchIndex,
    purge: PurgeExpired,
    index: SearchIndexName,
    plugins: PluginManager,
    plugin_guards: PluginGuards,
) -> ScheduledJobs:
    """The jobs of the shop that are wasted if several workers run them, and those of plugins."""
    hourly, daily = Every(minutes=60), Every(minutes=24 * 60)
    return scheduled(
        ScheduledJob(name="expire-lots", every=hourly, run=expire_lots),
        ScheduledJob(name="end-retention", every=hourly, run=retention),
        ScheduledJob(name="sign-logs", every=hourly, run=sign),
        ScheduledJob(name="purge-expired", every=hourly, run=purge),
        ScheduledJob(
            name="rebuild-recommendations",
            every=daily,
            run=rebuild,
            version=_version_of(plugins, RECOMMENDERS),
        ),
        ScheduledJob(
            name="prepare-search-index", every=Every(minutes=5), run=prepare, version=index
        ),
        *_jobs_of_plugins(plugins, plugin_guards),
    )


def _jobs_of_plugins(plugins: PluginManager, plugin_guards: PluginGuards) -> Iterator[ScheduledJob]:
    for plugin, job, description in plugins.described(JOBS):
        guarded = GuardedJob(job, plugin_guards.of(plugin, Purpose.JOBS), description)
        name = f"{plugin}.{description.code}"
        yield ScheduledJob(name=name, every=description.every, run=guarded)


def _version_of(plugins: PluginManager, hook: str) -> str:
    chosen = plugins.chosen(hook)
    return f"{chosen[0]} {plugins.loaded[chosen[0]].manifest.version}" if chosen else ""


def worker_of(
    relay: RelayEvents,
    wakeup: Wakeup,
    deliver: DeliverEvents,
    expire: ExpireOrders,
    holds: EndHolds,
    transfer_holds: EndExpiredTransferHolds,
    prices: ApplyPrices,
    rules: PublishRuleChanges,
    poll: PollPayments,
    refunds: SendRefunds,
    erasures: CarryOutErasures,
    scheduler: JobScheduler,
    renew_settings: RenewSettings,
) -> Worker:
    """Tasks that should be quick are shared by all workers: each of their rows has a lease."""
    return Worker(
        relay,
        wakeup,
        {
            "deliver events": PeriodicTask(RESTART_AFTER_SECONDS, deliver.run),
            "run jobs": PeriodicTask(RESTART_AFTER_SECONDS, scheduler.run),
            "renew settings of plugins": PeriodicTask(SETTINGS_EVERY_SECONDS, renew_settings),
            "expire orders": PeriodicTask(EXPIRE_EVERY_SECONDS, expire),
            "end holds of orders": PeriodicTask(EXPIRE_EVERY_SECONDS, holds),
            "end holds of transfers": PeriodicTask(HOLDS_EVERY_SECONDS, transfer_holds),
            "apply prices": PeriodicTask(PRICES_EVERY_SECONDS, prices),
            "publish starts and ends of promotions": PeriodicTask(PRICES_EVERY_SECONDS, rules),
            "poll payments": PeriodicTask(POLL_EVERY_SECONDS, poll),
            "send refunds": PeriodicTask(REFUND_EVERY_SECONDS, refunds),
            "carry out erasures": PeriodicTask(ERASE_EVERY_SECONDS, erasures),
        },
    )


@wired
class JobParts(PluginShopParts, PluginSettingsParts):
    purge_expired = made(PurgeExpired)
    scheduled_jobs = bound(ScheduledJobs, scheduled_jobs_of)
    next_run = constant(NextRun, next_run)
    job_leases = bound(JobLeases, SqlJobLeases)
    job_queries = bound(JobQueries, SqlJobLeases)
    job_states = made(JobStates)
    list_jobs = made(ListJobs)
    job_watch = made(JobWatch)
    register_jobs = made(RegisterJobs)
    run_job = made(RunJob)
    scheduler = made(JobScheduler)
    worker = bound(Worker, worker_of)
