"""A plugin that hangs, raises or answers with a wrong type does not stop the shop."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.database.engine import Database
from adapters.database.search.database import DatabaseSearch
from adapters.database.search.readiness import SqlSearchReadiness
from adapters.plugins.answers.fulfillment import CarrierDescription
from adapters.plugins.answers.taxes import TaxEngineDescription
from adapters.plugins.breaker import Health
from adapters.plugins.carriers import Carriers, GuardedCarrier
from adapters.plugins.guard import PluginGuard
from adapters.plugins.guards import PluginGuards
from adapters.plugins.keyring_lock import GuardedKeyringLock
from adapters.plugins.limits import Purpose
from adapters.plugins.recommender import GuardedRecommender
from adapters.plugins.search import GuardedSearch
from adapters.plugins.tax_engine import GuardedTaxEngine
from adapters.search.dictionary import DictionarySegmentation
from core.application.recommendation import SuggestProducts
from core.domain.money import Money
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from entrepot.testing.search import DOCUMENTS
from ports.errors import BadSignature, OutcomeUnknown, PortError, Rejected, Unavailable
from ports.fulfillment import ShippingRate, ShippingRequest
from ports.search import SearchIndexName, SearchQuery
from ports.taxes import TaxPlace, TaxRequest, TaxRequestLine
from tests.factories import ADDRESS, stock_up, yuan
from tests.lock import KeyService

pytestmark = pytest.mark.anyio

FLAT = ShippingRate(code="flat", name=Text({"en": "Flat"}), price=Money(1500, "CNY"))
PARCEL = ShippingRequest(address=ADDRESS, lines=(), goods_total=yuan(1))
HOW = ["raises", "hangs", "blocks", "exits", "wrong type"]

visitor: ContextVar[str] = ContextVar("visitor", default="nobody")


class Broken:
    """Fails in one way at every call."""

    code = "broken"

    def __init__(self, how: str) -> None:
        self.how = how

    async def fail(self, *_arguments: object) -> Any:
        match self.how:
            case "raises":
                raise ZeroDivisionError
            case "hangs":
                await asyncio.sleep(60)
            case "blocks":
                time.sleep(1)  # noqa: ASYNC251 -- that is the fault
            case "exits":
                raise SystemExit
        return "wrong type"

    rates = also_bought = trending = rebuild = search = put = remove = fail
    calculate = commit = void = fail


async def work() -> int:
    return 1


def number(answer: Any) -> int:
    assert isinstance(answer, int)
    return answer


@pytest.fixture
def guard(guards: PluginGuards) -> PluginGuard:
    return guards.of("plugin")


@pytest.mark.parametrize("how", HOW)
async def test_a_failure_raises_an_error_of_the_port(guard: PluginGuard, how: str) -> None:
    with pytest.raises(OutcomeUnknown):
        await guard.call(Broken(how).fail, number, doubt=OutcomeUnknown)
    assert guard.health is (Health.QUARANTINED if how == "blocks" else Health.FAILING)
    assert guard.breaker.record.last_error


async def test_five_failures_quarantine_a_plugin_for_30_seconds(guard: PluginGuard) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    guard.breaker.now = lambda: at
    for _ in range(5):
        with pytest.raises(Unavailable):
            await guard.call(Broken("raises").fail, number)
    assert str(guard.health) == "quarantined"
    calls = guard.breaker.record.calls
    with pytest.raises(Unavailable):
        await guard.call(work, number)
    assert guard.breaker.record.calls == calls
    at += timedelta(seconds=31)
    assert await guard.call(work, number) == 1
    assert guard.health is Health.HEALTHY


async def test_a_rejection_is_not_a_failure(guard: PluginGuard) -> None:
    async def refuse() -> int:
        raise Rejected("too heavy")

    with pytest.raises(Rejected):
        await guard.call(refuse, number, final=(Rejected,))
    assert guard.health is Health.HEALTHY


async def test_an_error_of_a_plugin_keeps_its_kind_and_nothing_else(guard: PluginGuard) -> None:
    class Odd(Rejected):
        template = "{missing}"

    async def refuse() -> int:
        raise Odd(reason=object())  # type: ignore[arg-type]

    with pytest.raises(Rejected) as raised:
        await guard.call(refuse, number)
    assert type(raised.value) is Rejected
    assert raised.value.reason == ""


async def test_a_blocked_plugin_gets_another_thread_and_the_first_one_ends(
    guard: PluginGuard,
) -> None:
    threads: list[threading.Thread] = []

    async def block() -> int:
        threads.append(threading.current_thread())
        while True:
            pass

    with pytest.raises(Unavailable):
        await guard.call(block, number)
    assert guard.breaker.record.abandoned == 1
    guard.breaker.succeeded()
    assert await guard.call(work, number) == 1
    await asyncio.to_thread(threads[0].join, 30)
    assert not threads[0].is_alive()


async def test_threads_that_do_not_come_back_are_limited(guard: PluginGuard) -> None:
    release = threading.Event()

    async def block() -> int:
        release.wait()
        return 1

    for _ in range(guard.limits.blocked_threads):
        with pytest.raises(Unavailable):
            await guard.call(block, number)
        guard.breaker.succeeded()
    abandoned = guard.breaker.record.abandoned
    with pytest.raises(Unavailable):
        await guard.call(work, number)
    assert guard.breaker.record.abandoned == abandoned == guard.limits.blocked_threads
    release.set()


async def test_the_server_goes_on_while_a_plugin_blocks(guard: PluginGuard) -> None:
    turns = 0

    async def serve() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.005)
            turns += 1

    server = asyncio.create_task(serve())
    with pytest.raises(Unavailable):
        await guard.call(Broken("blocks").fail, number)
    server.cancel()
    # 0.4 seconds pass until the plugin is given up. In the same thread the server takes no turn.
    assert turns > 5


async def test_without_a_thread_of_its_own_a_plugin_blocks_the_server() -> None:
    turns = 0

    async def serve() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.005)
            turns += 1

    server = asyncio.create_task(serve())
    await asyncio.sleep(0)
    async with asyncio.timeout(0.2):
        await Broken("blocks").fail()
    server.cancel()
    assert turns <= 1


def stop() -> None:
    asyncio.get_running_loop().stop()


def exit_in_a_task() -> None:
    async def leave() -> None:
        raise SystemExit

    asyncio.get_running_loop().create_task(leave())


def interrupt() -> None:
    raise KeyboardInterrupt


def cancel() -> None:
    raise asyncio.CancelledError


def give_up() -> None:
    raise GeneratorExit


@pytest.mark.parametrize("fault", [stop, exit_in_a_task, interrupt, cancel, give_up])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_plugin_cannot_end_its_loop(guard: PluginGuard, fault: Callable[[], None]) -> None:
    async def end() -> int:
        fault()
        await asyncio.sleep(0.01)
        return 1

    for _ in range(3):
        try:
            await guard.call(end, number)
        except Unavailable:
            assert fault in {interrupt, cancel, give_up}
    assert await guard.call(work, number) == 1
    assert guard.breaker.record.abandoned == 0


async def test_a_call_that_ignores_its_cancellation_keeps_its_slot(guard: PluginGuard) -> None:
    going = True

    async def stay() -> int:
        while going:
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                continue
        return 1

    guard.breaker.opens_at_failures = False
    await asyncio.gather(
        *(guard.call(stay, number) for _ in range(guard.limits.concurrent_calls)),
        return_exceptions=True,
    )
    with pytest.raises(Unavailable):
        await guard.call(work, number)
    going = False
    await asyncio.gather(
        *(guard.call(work, number) for _ in range(10 * guard.limits.concurrent_calls))
    )


async def test_threads_that_a_call_leaves_behind_quarantine_the_plugin(guard: PluginGuard) -> None:
    release = threading.Event()

    async def leak() -> int:
        for _ in range(guard.limits.new_threads + 1):
            threading.Thread(target=release.wait).start()
        return 1

    try:
        with pytest.raises(Unavailable):
            await guard.call(leak, number)
    finally:
        release.set()
    assert guard.health is Health.QUARANTINED
    assert guard.breaker.record.last_error == "TooManyThreads"


async def test_a_call_has_the_context_variables_of_its_request(guard: PluginGuard) -> None:
    async def ask() -> str:
        return visitor.get()

    token = visitor.set("somebody")
    assert await guard.call(ask, str) == "somebody"
    visitor.reset(token)


async def test_a_hanging_query_refuses_no_notification(guards: PluginGuards) -> None:
    calls, notifications = guards.of("bank"), guards.of("bank", Purpose.NOTIFICATIONS)
    with pytest.raises(Unavailable):
        await calls.call(Broken("blocks").fail, number)
    assert calls.health is Health.QUARANTINED
    assert await notifications.call(work, number) == 1


@pytest.mark.parametrize("purpose", [Purpose.NOTIFICATIONS, Purpose.ROUTES])
async def test_failing_requests_of_strangers_do_not_quarantine(
    guards: PluginGuards, purpose: Purpose
) -> None:
    guard = guards.of("bank", purpose)
    for _ in range(10):
        with pytest.raises(Unavailable):
            await guard.call(Broken("raises").fail, number)
    assert guard.health is Health.FAILING
    assert await guard.call(work, number) == 1


async def test_a_forged_notification_is_no_failure(guards: PluginGuards) -> None:
    async def forged() -> int:
        raise BadSignature

    guard = guards.of("bank", Purpose.NOTIFICATIONS)
    with pytest.raises(BadSignature):
        await guard.call(forged, number, final=(BadSignature,))
    assert guard.health is Health.HEALTHY


@pytest.mark.parametrize("how", HOW)
async def test_a_broken_carrier_falls_back_to_the_flat_rate(guard: PluginGuard, how: str) -> None:
    description = CarrierDescription(code="broken", services=())
    carriers = Carriers([GuardedCarrier(Broken(how), guard, description)], FLAT)
    assert await carriers.rates(PARCEL) == (FLAT,)


class Priced:
    """A carrier with these rates, by code."""

    def __init__(self, *prices: tuple[str, int]) -> None:
        self._rates = tuple(
            ShippingRate(code=rate, name=FLAT.name, price=Money(minor, "CNY"))
            for rate, minor in prices
        )

    async def rates(self, _request: ShippingRequest) -> tuple[ShippingRate, ...]:
        return self._rates


def priced(guards: PluginGuards, code: str, *prices: tuple[str, int]) -> GuardedCarrier:
    description = CarrierDescription(code=code, services=())
    return GuardedCarrier(Priced(*prices), guards.of(code), description)


async def test_a_carrier_cannot_quote_the_rate_of_another_one(guards: PluginGuards) -> None:
    carriers = Carriers(
        [
            priced(guards, "sf", ("next-day", 1_800)),
            priced(guards, "free", ("next-day", 0), ("sf.next-day", 0)),
        ],
        FLAT,
    )
    found = {rate.code: rate.price.minor for rate in await carriers.rates(PARCEL)}
    assert found == {"free.next-day": 0, "free.sf.next-day": 0, "sf.next-day": 1_800}


async def test_two_rates_of_one_code_are_no_answer(guards: PluginGuards) -> None:
    twice = priced(guards, "twice", ("standard", 1_800), ("standard", 0))
    assert await Carriers([twice], FLAT).rates(PARCEL) == (FLAT,)
    assert guards.of("twice").health is Health.FAILING


async def guarded_search(database: Database, index: Any, guard: PluginGuard) -> GuardedSearch:
    """A plugin's index that is in use, in front of the database with all documents."""
    own = DatabaseSearch(database, DictionarySegmentation())
    await own.put(DOCUMENTS)
    name, readiness = SearchIndexName("broken 1"), SqlSearchReadiness(database)
    await readiness.mark_ready(name)
    return GuardedSearch(index, own, guard, name, readiness)


@pytest.mark.parametrize("how", HOW)
async def test_a_broken_index_falls_back_to_the_database(
    database: Database, guard: PluginGuard, how: str
) -> None:
    search = await guarded_search(database, Broken(how), guard)
    assert (await search.search(SearchQuery())).total == len(DOCUMENTS)


class RejectingIndex:
    async def search(self, query: SearchQuery) -> Any:  # noqa: ARG002
        raise Rejected("no")


async def test_a_rejected_search_is_a_failure_without_a_cursor_of_a_visitor(
    database: Database, guard: PluginGuard
) -> None:
    search = await guarded_search(database, RejectingIndex(), guard)
    with pytest.raises(Rejected):
        await search.search(SearchQuery(cursor="forged"))
    assert guard.breaker.record.failures == 0
    assert (await search.search(SearchQuery())).total == len(DOCUMENTS)
    assert guard.breaker.record.failures == 1


def a_sale() -> TaxRequest:
    place = TaxPlace(country="CN")
    line = TaxRequestLine(key="pot", tax_class="standard", quantity=1, amount=Money(100, "CNY"))
    return TaxRequest(
        reference="20261127000001",
        at=datetime(2026, 11, 27, tzinfo=UTC),
        origin=place,
        destination=place,
        lines=(line,),
        prices_include_tax=True,
    )


RECORDS = TaxEngineDescription(code="broken", records=True)


@pytest.mark.parametrize("how", HOW)
async def test_a_broken_tax_engine_leaves_the_shop_to_its_own_rates(
    guard: PluginGuard, how: str
) -> None:
    with pytest.raises(Unavailable):
        await GuardedTaxEngine(Broken(how), guard, RECORDS).calculate(a_sale())


@pytest.mark.parametrize("how", HOW)
async def test_a_record_of_a_broken_tax_engine_is_in_doubt(guard: PluginGuard, how: str) -> None:
    with pytest.raises(OutcomeUnknown):
        await GuardedTaxEngine(Broken(how), guard, RECORDS).commit(a_sale())


async def test_a_record_that_is_taken_back_can_be_in_doubt(guard: PluginGuard) -> None:
    with pytest.raises(OutcomeUnknown):
        await GuardedTaxEngine(Broken("raises"), guard, RECORDS).void("20261127000001")


async def test_a_tax_engine_that_records_nothing_is_not_asked_to(guard: PluginGuard) -> None:
    engine = GuardedTaxEngine(Broken("raises"), guard, replace(RECORDS, records=False))
    await engine.commit(a_sale())
    await engine.void("20261127000001")
    assert guard.breaker.record.calls == 0


async def test_a_shop_without_a_tax_engine_uses_its_own_rates(shop: Shop) -> None:
    assert shop.tax_engine().code == "none"
    with pytest.raises(Unavailable):
        await shop.tax_engine().calculate(a_sale())
    await shop.tax_records().commit(a_sale())
    await shop.tax_records().void("20261127000001")


@pytest.mark.parametrize("how", HOW)
async def test_a_broken_recommender_falls_back_to_the_newest_products(
    shop: Shop, guard: PluginGuard, how: str
) -> None:
    await stock_up(shop)
    broken = GuardedRecommender(Broken(how), guard, "broken")
    suggest = SuggestProducts(broken, shop.catalogue_queries())
    assert [card.handle for card in await suggest((), "zh")] == ["celadon-teapot"]


async def test_a_plugin_reads_the_purchase_history_on_the_loop_of_the_server(
    guard: PluginGuard,
) -> None:
    server = asyncio.get_running_loop()
    loops: list[asyncio.AbstractEventLoop] = []

    class History:
        async def baskets(self) -> Any:
            for each in range(1_200):
                loops.append(asyncio.get_running_loop())
                yield each

    class Counts:
        async def rebuild(self, history: Any) -> None:
            self.baskets = [each async for each in history.baskets()]

    counts = Counts()
    await GuardedRecommender(counts, guard, "counts").rebuild(History())  # type: ignore[arg-type]
    assert counts.baskets == list(range(1_200))
    assert set(loops) == {server}


async def test_a_keyring_lock_answers_from_its_thread(guard: PluginGuard) -> None:
    lock = GuardedKeyringLock(KeyService(), guard, "key-service")
    locked = lock.lock(b"keyring")
    assert lock.unlock(locked) == b"keyring"
    with pytest.raises(Rejected):
        lock.unlock(b"x" * len(locked))


@pytest.mark.parametrize("how", ["exits", "blocks", "wrong type"])
def test_a_keyring_lock_that_fails_is_unavailable(guard: PluginGuard, how: str) -> None:
    class Lock(KeyService):
        def unlock(self, locked: bytes) -> Any:  # noqa: ARG002
            if how == "exits":
                raise SystemExit
            if how == "blocks":
                time.sleep(1)
            return "keyring"

    with pytest.raises(Unavailable):
        GuardedKeyringLock(Lock(), guard, "key-service").unlock(b"locked")


async def test_every_error_of_a_plugin_is_an_error_of_the_port(guard: PluginGuard) -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    async def fail() -> int:
        raise Mute

    with pytest.raises(PortError):
        await guard.call(fail, number)
