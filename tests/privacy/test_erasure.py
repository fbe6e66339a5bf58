"""What somebody asks about their data: found, handed over, erased, and proven."""

import asyncio
import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from dependency_injector import providers
from sqlalchemy.exc import IntegrityError

from adapters.bundles.verification import verify
from adapters.database.columns import CLASSIFICATION
from adapters.database.privacy import shop_records
from adapters.database.privacy.personal_data_tables import PERSONAL_DATA_TABLES
from adapters.database.privacy.requests import SqlPrivacyRequests
from adapters.database.tables import metadata
from adapters.database.tables.orders import orders
from adapters.database.tables.returns import returns
from adapters.plugins.guard import PluginGuard
from adapters.plugins.personal_data import guarded
from adapters.security.signatures import verify_signature
from adapters.serialization.encrypted import data_key_in
from core.application.carts.ownership import CartOwner
from core.application.orders.checkout import PlacedOrder
from core.application.privacy.data_providers import DataProviders
from core.application.privacy.erasure import DerivedData, RebuildDerivedData
from core.application.tokens import hash_token
from core.domain.errors import BeingErased, PlanChanged
from core.domain.identifiers import CustomerId
from core.domain.privacy.inventory import Field, OnErase, Pii, Store
from core.domain.privacy.records import Decision, ErasureFinding, Outcome, Page, Record, Subject
from core.domain.privacy.request import RequestKind, RequestState
from entrepot.assembly.shop import Shop
from ports.errors import Unavailable
from tests.bank import Bank
from tests.erasures import SUBJECT, erased, finish_orders
from tests.factories import stock_up
from tests.invariants import violations
from tests.people import ALIKE, MARKED, a_life, bought, every_byte, register

pytestmark = pytest.mark.anyio

LATER = timedelta(days=60)


@pytest.fixture
async def lives(shop: Shop, bank: Bank) -> Shop:
    """Two people who look alike, and the first one as a guest as well."""
    shop.now.override(providers.Object(MovableClock()))
    await stock_up(shop)
    await a_life(shop, bank, done=True)
    guest = replace(MARKED.delivery, contact=MARKED.marks["login"])
    await bought(shop, bank, CartOwner(token="guest"), MARKED, guest)
    await a_life(shop, bank, ALIKE, done=True)
    return shop


class MovableClock:
    """One clock for whatever was assembled already, too."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def in_days(shop: Shop, days: int) -> None:
    clock = shop.now()
    assert isinstance(clock, MovableClock)
    clock.ahead = timedelta(days=days)


async def opened(shop: Shop) -> dict[str, str]:
    """Every sealed value that can still be opened, by its place and row."""
    found = {}
    async with shop.database().reads.connect() as connection:
        for table in metadata.sorted_tables:
            encrypted = [
                column
                for column in table.columns
                if isinstance(column.info[CLASSIFICATION], Pii)
                and column.info[CLASSIFICATION].encrypted
            ]
            if not encrypted or table.name == "idempotency_keys":
                continue
            for row in await connection.execute(sa.select(table)):
                for column in encrypted:
                    value = getattr(row, column.name)
                    if value is not None:
                        keys = await shop.vault().keys([data_key_in(value)])
                        text = keys.decrypt(str(column), row.id, value)
                        found[f"{column} {row.id}"] = json.dumps(text, ensure_ascii=False)
    return found


async def rows_of(shop: Shop, customer: CustomerId) -> dict[str, list[Any]]:
    """A person's rows as they are, byte by byte."""
    of = orders.c.id.in_(sa.select(orders.c.id).where(orders.c.customer_id == customer))
    queries: dict[str, Any] = {
        "customers": sa.text("SELECT * FROM customers WHERE id = :id"),
        "addresses": sa.text("SELECT * FROM addresses WHERE customer_id = :id"),
        "carts": sa.text("SELECT * FROM carts WHERE customer_id = :id"),
        "orders": sa.select(orders).where(of),
        "returns": sa.select(returns).join(orders).where(of),
    }
    found = {}
    async with shop.database().reads.connect() as connection:
        for name, query in queries.items():
            identifier = customer.hex if shop.database().is_sqlite else customer
            values = {"id": identifier} if isinstance(query, sa.TextClause) else {}
            found[name] = [tuple(row) for row in await connection.execute(query, values)]
    assert all(found.values())
    return found


# Access


async def test_everything_that_was_seeded_is_in_the_bundle_and_nothing_of_others(
    lives: Shop, tmp_path: Path
) -> None:
    request = await lives.open_request()(RequestKind.ACCESS, SUBJECT, "password")
    path, failures = await lives.answer_access()(request, tmp_path / "bundles")
    assert failures == ()
    key = lives.vault().keyring.signer.public_key()
    assert verify(path, partial(verify_signature, key)) == []
    with zipfile.ZipFile(path) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
    counts = {each["path"]: each["records"] for each in manifest["files"] if "records" in each}
    assert counts == {
        "data/shop/addresses.jsonl": 1,
        "data/shop/carts.jsonl": 2,
        "data/shop/consents.jsonl": 2,
        "data/shop/customers.jsonl": 1,
        "data/shop/logins.jsonl": 1,
        "data/shop/notifications.jsonl": 2,
        "data/shop/order_lines.jsonl": 2,
        "data/shop/orders.jsonl": 2,
        "data/shop/recipient_log.jsonl": 1,
        "data/shop/payments.jsonl": 2,
        "data/shop/returns.jsonl": 1,
        "data/shop/shipments.jsonl": 1,
    }
    mine = set(MARKED.marks) - {"answer", "notification"}
    assert mine <= set(MARKED.marks_in(content))
    assert ALIKE.marks_in(content) == []
    assert b"argon2" not in content
    assert manifest["data_providers"]["failed"] == []
    assert {"place": "customers.password_hash", "reason": "a secret"} in manifest["omissions"]


async def test_what_a_person_did_not_provide_is_not_portable(lives: Shop, tmp_path: Path) -> None:
    request = await lives.open_request()(RequestKind.PORTABILITY, SUBJECT, "password")
    path, _ = await lives.answer_access()(request, tmp_path / "bundles")
    with zipfile.ZipFile(path) as archive:
        names = {name.rpartition("/")[2] for name in archive.namelist()}
    assert "orders.jsonl" in names
    assert "payments.jsonl" not in names


# Erasure


@pytest.mark.own_database
async def test_after_an_erasure_the_person_is_nowhere(lives: Shop, tmp_path: Path) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    customer = await lives.account_queries().find_customer(MARKED.marks["login"])
    other = await lives.account_queries().find_customer(ALIKE.marks["login"])
    assert customer is not None
    assert other is not None
    before, theirs = await opened(lives), await rows_of(lives, other.id)
    assert {name for text in before.values() for name in MARKED.marks_in(text.encode())}
    request = await erased(lives)
    assert (request.state, request.failures) == (RequestState.COMPLETED, ())
    after = await opened(lives)
    assert [p for p, text in after.items() if MARKED.marks_in(text.encode())] == []
    assert await rows_of(lives, other.id) == theirs
    async for where, content in every_byte(lives, tmp_path):
        assert MARKED.marks_in(content) == [], where
        assert customer.id.bytes not in content or where.startswith("keys"), where
        assert customer.id.hex.encode() not in content, where
    assert await violations(lives.database()) == []
    async with lives.database().reads.connect() as connection:
        numbers = (await connection.scalars(sa.select(orders.c.number))).all()
    for number in numbers:
        assert await lives.order_queries().find(number)
    page: dict[str, Any] = {"state": None, "language": "zh", "limit": 9, "cursor": ""}
    for words in (MARKED.marks["login"], MARKED.marks["phone"], MARKED.marks["tracking"]):
        assert await lives.order_queries().list(customer_id=None, words=words, **page) == ((), "")
    everybody, _ = await lives.order_queries().list(customer_id=None, words="", **page)
    assert len(everybody) == 3


async def test_the_certificate_says_what_became_of_everything_and_is_signed(
    lives: Shop,
) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    request = await erased(lives)
    assert request.certificate is not None
    document = request.certificate["certificate"]
    key = lives.vault().keyring.signer.public_key()
    assert verify_signature(key, document, request.certificate)
    assert not verify_signature(key, {**document, "plan_hash": "x"}, request.certificate)
    assert document["records"]["erase"] == 6
    assert document["records"]["pseudonymise"] == 9
    kept, proof = document["retained"]
    assert (proof["reason"], proof["article"], proof["records"]) == ("evidence", "PIPL 56", 4)
    assert (kept["reason"], kept["article"]) == ("accounting", "Accounting Archives Measures 14")
    assert kept["until"].startswith(f"{datetime.now(UTC).year + 31}-01-01")
    assert request.salt
    assert MARKED.marks_in(json.dumps(request.certificate).encode()) == []


async def test_what_is_still_needed_is_kept_without_the_person(lives: Shop) -> None:
    """The guest's order is not sent yet, the member's may be sent back for eight days."""
    request = await erased(lives)
    assert request.state is RequestState.COMPLETED, request.failures
    assert request.certificate is not None
    reasons = {each["reason"] for each in request.certificate["certificate"]["retained"]}
    assert reasons == {"accounting", "evidence", "open", "returns"}
    async with lives.database().reads.connect() as connection:
        rows = (await connection.execute(sa.select(orders))).all()
    kept = [row for row in rows if row.customer_id is None]
    assert len(kept) == 2
    for row in kept:
        assert row.contact_index is row.phone_index is None
        order = await lives.order_queries().find(row.number)
        assert order is not None
        assert order.address == MARKED.address
    assert await lives.account_queries().find_customer(MARKED.marks["login"]) is None
    assert await violations(lives.database()) == []


async def test_the_plan_is_what_happens_and_changes_nothing_by_itself(lives: Shop) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    before = await opened(lives)
    decisions, failures = await lives.preview_erasure()(SUBJECT)
    assert failures == ()
    assert await opened(lives) == before
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    async with lives.privacy_units()() as unit:
        pending = await unit.privacy.pending(planned.id, 1000)
    assert {(code, each.reference, each.outcome) for code, each in pending} == {
        (code, each.reference, each.outcome) for code, each in decisions
    }
    await lives.approve_erasure()(request.number, planned.plan_hash, "x")
    done = await lives.execute_erasure()(request.number, planned.plan_hash)
    assert done.certificate is not None
    counts: dict[str, int] = {}
    for _, each in decisions:
        counts[each.outcome] = counts.get(each.outcome, 0) + 1
    assert done.certificate["certificate"]["records"] == counts


async def test_from_the_plan_on_nobody_logs_in(lives: Shop) -> None:
    token = await lives.log_in()(MARKED.marks["login"], "long enough", CartOwner())
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    await lives.plan_erasure()(request.number)
    with pytest.raises(BeingErased):
        await lives.log_in()(MARKED.marks["login"], "long enough", CartOwner())
    assert await lives.account_queries().principal(hash_token(token), datetime.now(UTC)) is None


async def test_a_plan_is_made_again_when_something_was_written(lives: Shop, bank: Bank) -> None:
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    await lives.approve_erasure()(request.number, planned.plan_hash, "x")
    guest = replace(MARKED.delivery, contact=MARKED.marks["login"])
    await bought(lives, bank, CartOwner(token="again"), MARKED, guest)
    with pytest.raises(PlanChanged):
        await lives.execute_erasure()(request.number, planned.plan_hash)
    async with lives.privacy_units()() as unit:
        known = await unit.privacy.get_for_update(request.number)
    assert known.state is RequestState.PLANNED
    assert known.plan_hash != planned.plan_hash
    with pytest.raises(PlanChanged):
        await lives.approve_erasure()(request.number, planned.plan_hash, "x")


async def test_rows_that_come_between_batches_go_too(
    lives: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    data_provider = lives.data_providers().get("shop")
    assert data_provider is not None
    erase: Any = type(data_provider).erase
    came: list[PlacedOrder] = []

    async def and_buy(self: Any, subject: Subject, decisions: Sequence[Decision]) -> Any:
        done = await erase(self, subject, decisions)
        if len(came) < 2:
            guest = replace(MARKED.delivery, contact=MARKED.marks["login"])
            came.append(await bought(lives, bank, CartOwner(token=f"t{len(came)}"), MARKED, guest))
        return done

    monkeypatch.setattr(type(data_provider), "erase", and_buy)
    request = await erased(lives)
    assert len(came) == 2
    assert request.state is RequestState.COMPLETED, request.failures
    for placed in came:
        order = await lives.order_queries().find(placed.number)
        assert order is not None
        assert order.contact
    page: dict[str, Any] = {"state": None, "language": "zh", "limit": 9, "cursor": ""}
    words = MARKED.marks["login"]
    assert await lives.order_queries().list(customer_id=None, words=words, **page) == ((), "")


async def test_a_legal_hold_stops_it_and_its_release_lets_it_go_on(lives: Shop) -> None:
    customer = await lives.account_queries().find_customer(MARKED.marks["login"])
    assert customer is not None
    async with lives.privacy_units()() as unit:
        await unit.privacy.place_legal_hold(customer.id, "case 12", "counsel", datetime.now(UTC))
        await unit.commit()
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    held = await lives.plan_erasure()(request.number)
    assert (held.state, held.reason) == (RequestState.HELD, "case 12")
    async with lives.privacy_units()() as unit:
        await unit.privacy.release_legal_hold(customer.id)
        await unit.commit()
    assert (await erased(lives)).state is RequestState.COMPLETED


async def test_a_hold_that_comes_after_the_approval_stops_it_too(lives: Shop) -> None:
    customer = await lives.account_queries().find_customer(MARKED.marks["login"])
    assert customer is not None
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    await lives.approve_erasure()(request.number, planned.plan_hash, "x")
    async with lives.privacy_units()() as unit:
        await unit.privacy.place_legal_hold(customer.id, "case 12", "counsel", datetime.now(UTC))
        await unit.commit()
    with pytest.raises(PlanChanged):
        await lives.execute_erasure()(request.number, planned.plan_hash)
    async with lives.privacy_units()() as unit:
        known = await unit.privacy.get_for_update(request.number)
    assert (known.state, known.reason) == (RequestState.HELD, "case 12")
    assert await lives.account_queries().find_customer(MARKED.marks["login"]) is not None


async def test_two_identical_requests_are_one(lives: Shop) -> None:
    some = await asyncio.gather(
        *(lives.open_request()(RequestKind.ERASURE, SUBJECT, "password") for _ in range(5))
    )
    assert len({each.number for each in some}) == 1


async def test_a_second_run_is_a_quiet_success(lives: Shop) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    first = await erased(lives)
    second = await erased(lives)
    assert second.state is RequestState.COMPLETED
    assert second.number != first.number
    assert second.certificate is not None
    assert second.certificate["certificate"]["records"] == {}


async def test_the_same_login_registers_again_as_a_stranger(lives: Shop) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    await erased(lives)
    again = await register(lives, MARKED)
    assert await lives.cart_queries().find_by_customer(again) is None
    page: dict[str, Any] = {"state": None, "words": "", "language": "zh", "limit": 9, "cursor": ""}
    assert await lives.order_queries().list(customer_id=again, **page) == ((), "")


async def test_somebody_elses_note_keeps_its_words_but_not_the_address(lives: Shop) -> None:
    await finish_orders(lives)
    note = f"Ask ＭＡＲＫＥＤＡ-login@example.com, or 138 1234 9876; not x{MARKED.marks['login']}"
    async with lives.database().reads.connect() as connection:
        row = (await connection.execute(sa.select(returns))).all()[-1]
    async with lives.units()() as unit:
        theirs = await unit.returns.get_for_update(row.id)
        theirs.note = note
        await unit.returns.save(theirs)
        await unit.commit()
    in_days(lives, 60)
    subject = SUBJECT | Subject(contacts=frozenset({MARKED.marks["phone"]}))
    request = await erased(lives, subject)
    assert request.state is RequestState.COMPLETED, request.failures
    async with lives.units()() as unit:
        theirs = await unit.returns.get_for_update(row.id)
    assert theirs.note == f"Ask ▇▇▇, or ▇▇▇; not x{MARKED.marks['login']}"


# Whoever does not answer


class Misbehaving:
    """A plugin's keeper that keeps one record, and does something wrong."""

    code = "loyalty"

    def __init__(self, wrong: str, how: Any) -> None:
        self._wrong, self._how = wrong, how
        self.kept = {"points/1"}

    def inventory(self) -> Sequence[Field | Store]:
        return ()

    async def resolve(self, subject: Subject) -> Subject:
        return await self._maybe("resolve", subject)  # type: ignore[no-any-return]

    async def export(self, subject: Subject, cursor: str) -> Page[Record]:  # noqa: ARG002
        records = tuple(Record(section="points", reference=each, fields={}) for each in self.kept)
        return await self._maybe("export", Page(items=records))  # type: ignore[no-any-return]

    async def plan(self, subject: Subject, cursor: str) -> Page[Decision]:  # noqa: ARG002
        found = tuple(Decision(reference=each, outcome=Outcome.ERASE) for each in self.kept)
        return await self._maybe("plan", Page(items=found))  # type: ignore[no-any-return]

    async def erase(self, subject: Subject, decisions: Sequence[Decision]) -> Sequence[str]:  # noqa: ARG002
        if self._wrong != "lie":
            self.kept.clear()
        return await self._maybe("erase", [each.reference for each in decisions])  # type: ignore[no-any-return]

    async def verify(self, subject: Subject) -> Sequence[ErasureFinding]:  # noqa: ARG002
        left = [ErasureFinding(place="points", count=len(self.kept))] if self.kept else []
        return await self._maybe("verify", left)  # type: ignore[no-any-return]

    async def _maybe(self, what: str, answer: Any) -> Any:
        return await self._how() if what == self._wrong else answer


async def raises() -> None:
    raise RuntimeError("no")


async def hangs() -> None:
    await asyncio.sleep(60)


async def nothing() -> None:
    return None


async def forgets_to_await() -> Any:
    return asyncio.sleep(0, "x")


def beside(shop: Shop, data_provider: Any, time_limit: float = 30) -> None:
    """A plugin's keeper beside the shop's own. ``time_limit`` is in seconds."""
    guard = PluginGuard("loyalty", shop.now(), time_limit=time_limit)
    here = (guarded(data_provider, guard), *shop.data_providers().here)
    shop.data_providers.override(
        providers.Object(DataProviders(here, shop.data_providers().absent))
    )


@pytest.mark.parametrize("what", ["plan", "erase", "verify"])
@pytest.mark.parametrize("how", [raises, hangs, nothing, forgets_to_await])
@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_whoever_does_not_answer_makes_an_erasure_incomplete_and_is_named(
    lives: Shop, what: str, how: Any
) -> None:
    beside(lives, Misbehaving(what, how), time_limit=0.3 if how is hangs else 30)
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    if what == "plan":
        assert (planned.state, planned.failures) == (RequestState.INCOMPLETE, ("loyalty",))
        return
    await lives.approve_erasure()(request.number, planned.plan_hash, "x")
    done = await lives.execute_erasure()(request.number, planned.plan_hash)
    assert (done.state, done.failures) == (RequestState.INCOMPLETE, ("loyalty",))
    assert done.certificate is None


async def test_whoever_lies_is_found_out(lives: Shop) -> None:
    beside(lives, Misbehaving("lie", nothing))
    done = await erased(lives)
    assert done.state is RequestState.INCOMPLETE
    assert done.failures == ("new records are created all the time",)


async def test_a_well_behaved_plugin_takes_part(lives: Shop, tmp_path: Path) -> None:
    data_provider = Misbehaving("", nothing)
    beside(lives, data_provider)
    access = await lives.open_request()(RequestKind.ACCESS, SUBJECT, "password")
    path, failures = await lives.answer_access()(access, tmp_path / "bundles")
    assert failures == ()
    with zipfile.ZipFile(path) as archive:
        assert "data/loyalty/points.jsonl" in archive.namelist()
    assert (await erased(lives)).state is RequestState.COMPLETED
    assert data_provider.kept == set()


async def test_a_plugin_that_is_gone_is_named_until_somebody_says_that_nothing_is_left(
    lives: Shop,
) -> None:
    register_of = lives.data_provider_registry()
    await register_of.note({"loyalty": ["points"]}, datetime.now(UTC))
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    assert (planned.state, planned.failures) == (RequestState.INCOMPLETE, ("loyalty",))
    assert await register_of.forget("loyalty")
    assert (await erased(lives)).state is RequestState.COMPLETED


async def test_an_export_without_a_plugin_is_incomplete_and_says_so(
    lives: Shop, tmp_path: Path
) -> None:
    beside(lives, Misbehaving("export", raises))
    request = await lives.open_request()(RequestKind.ACCESS, SUBJECT, "password")
    path, failures = await lives.answer_access()(request, tmp_path / "bundles")
    assert failures == ("loyalty",)
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["data_providers"]["failed"] == ["loyalty"]
    async with lives.privacy_units()() as unit:
        known = await unit.privacy.get_for_update(request.number)
    assert known.state is RequestState.INCOMPLETE


# Time, and backups


@pytest.mark.own_database
async def test_what_was_retained_goes_when_its_time_is_over(lives: Shop, tmp_path: Path) -> None:
    await erased(lives)
    before = await opened(lives)
    assert [p for p, text in before.items() if MARKED.marks_in(text.encode())]
    assert await lives.end_retention()() == 0
    in_days(lives, 30)
    assert await lives.end_retention()() > 0
    still = await opened(lives)
    open_order = [p for p, text in still.items() if MARKED.marks_in(text.encode())]
    assert sorted(p.split()[0] for p in open_order) == ["orders.address", "orders.contact"]
    await finish_orders(lives)
    in_days(lives, 200)
    assert await lives.end_retention()() == 1
    after = await opened(lives)
    assert [p for p, text in after.items() if MARKED.marks_in(text.encode())] == []
    async for where, content in every_byte(lives, tmp_path):
        assert MARKED.marks_in(content) == [], where
    assert await violations(lives.database()) == []


async def test_a_restored_backup_brings_nobody_back(lives: Shop) -> None:
    await finish_orders(lives)
    in_days(lives, 60)
    customer = await lives.account_queries().find_customer(MARKED.marks["login"])
    assert customer is not None
    tables = [table for table in metadata.sorted_tables if table.name != "tombstone_replays"]
    kept = {}
    async with lives.database().reads.connect() as connection:
        for table in tables:
            kept[table] = [
                dict(row) for row in (await connection.execute(sa.select(table))).mappings()
            ]
    assert (await erased(lives)).state is RequestState.COMPLETED
    async with lives.database().writes.begin() as connection:
        for table in reversed(tables):
            await connection.execute(sa.delete(table))
        for table in tables:
            if kept[table]:
                await connection.execute(sa.insert(table), kept[table])
        await connection.execute(sa.text("DELETE FROM tombstone_replays"))
    assert await rows_of(lives, customer.id)
    assert await lives.replay_tombstones()() > 4
    async with lives.database().reads.connect() as connection:
        rows = (await connection.execute(sa.select(orders))).all()
    assert len(rows) == 3
    assert len([row for row in rows if row.address is None and row.customer_id is None]) == 2
    assert await lives.account_queries().find_customer(MARKED.marks["login"]) is None
    assert await violations(lives.database()) == []
    assert await lives.replay_tombstones()() == 0


async def test_without_tombstones_a_backup_would_bring_them_back(lives: Shop) -> None:
    """The twin: a key store that has forgotten whose keys it destroyed."""
    customer = await lives.account_queries().find_customer(MARKED.marks["login"])
    assert customer is not None
    assert await lives.replay_tombstones()() == 0
    assert await rows_of(lives, customer.id)


# Whatever is left out is found


ERASABLE = [
    each.section
    for each in PERSONAL_DATA_TABLES
    if each.columns(OnErase.DELETE) + each.columns(OnErase.CLEAR)
]


@pytest.mark.parametrize("section", ERASABLE)
async def test_a_table_that_is_not_erased_is_found_by_the_scan(
    lives: Shop, section: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutations: each eraser removed by itself, which its own scan must notice."""
    await finish_orders(lives)
    in_days(lives, 60)
    await lives.log_in()(MARKED.marks["login"], "long enough", CartOwner())
    if section == "sessions":
        monkeypatch.setattr(SqlPrivacyRequests, "freeze", keep_sessions)
    rest = tuple(each for each in PERSONAL_DATA_TABLES if each.section != section)
    monkeypatch.setattr(shop_records, "PERSONAL_DATA_TABLES", rest)
    if section == "orders":
        with pytest.raises(IntegrityError):
            await erased(lives)
        return
    done = await erased(lives)
    by_foreign_key = section in {"addresses", "consents", "data_links", "disclosures"}
    assert done.state is (RequestState.COMPLETED if by_foreign_key else RequestState.INCOMPLETE)
    if not by_foreign_key:
        assert any(f" in {section}." in each for each in done.failures), done.failures


async def keep_sessions(*_: object) -> None:
    return None


@pytest.mark.parametrize("name", ["workers' keys", "recommendations", "database file"])
async def test_whatever_was_made_of_records_is_made_again_or_named(lives: Shop, name: str) -> None:
    told: list[str] = []

    def rebuild(own: str, *, fails: bool) -> RebuildDerivedData:
        async def forget(_subject: Subject) -> None:
            told.append(own)
            if fails:
                raise Unavailable

        return forget

    derived_data = lives.execute_erasure().derived_data
    await finish_orders(lives)
    in_days(lives, 60)
    request = await lives.open_request()(RequestKind.ERASURE, SUBJECT, "password")
    planned = await lives.plan_erasure()(request.number)
    await lives.approve_erasure()(request.number, planned.plan_hash, "a colleague")
    failing = DerivedData({each: rebuild(each, fails=each == name) for each in derived_data})
    first = await replace(lives.execute_erasure(), derived_data=failing)(
        request.number, planned.plan_hash
    )
    assert (first.state, first.failures) == (RequestState.INCOMPLETE, (name,))
    assert first.certificate is None
    assert told == list(derived_data)
    whole = DerivedData({each: rebuild(each, fails=False) for each in derived_data})
    last = await replace(lives.execute_erasure(), derived_data=whole)(
        request.number, planned.plan_hash
    )
    assert last.certificate is not None
    assert last.certificate["certificate"]["propagated"] == list(derived_data)
