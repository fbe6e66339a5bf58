"""Each guard against a race condition is needed: without it, the same race does damage.

Where several guards protect the same data, a test removes all but one, checks that this one is
enough, and then removes it too. PostgreSQL only: SQLite has one writer at a time.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Table, Update, bindparam, func, select, text, update

from adapters.database.orders import repository as orders
from adapters.database.payments import inbox, payments, refunds
from adapters.database.tables.idempotency import idempotency_keys
from adapters.database.tables.orders import order_lines as lines_table
from adapters.database.tables.orders import orders as orders_table
from adapters.database.tables.payments import notifications, payment_entries
from adapters.database.tables.payments import payments as payments_table
from adapters.database.unit_of_work import SqlUnitOfWork
from core.application.carts.ownership import CartOwner
from core.application.orders.checkout import PlacedOrder
from core.application.payments.notifications import Outcome
from core.application.payments.refunds import RefundInput
from core.domain.errors import DomainError
from core.domain.money import Money
from core.domain.payments.refund import RefundReason
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from tests.bank import BACK, SMALL, Bank, checkout, fill, notification, place
from tests.conftest import ON_POSTGRESQL
from tests.factories import stock_up
from tests.invariants import violations

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True),
]

TASKS = 12
PAUSE_SECONDS = 0.1


class Start:
    """A barrier: tasks wait until no other task arrives, so that all have read the same rows.

    A busy machine only makes the wait longer.
    """

    def __init__(self) -> None:
        self._arrived = 0

    async def wait(self) -> None:
        self._arrived += 1
        before = 0
        while self._arrived != before:
            before = self._arrived
            await asyncio.sleep(PAUSE_SECONDS)


class Guards:
    """Removes guards, one at a time."""

    def __init__(self, shop: Shop, patch: pytest.MonkeyPatch) -> None:
        self._shop = shop
        self._patch = patch

    def commit_together(self) -> None:
        commit, start = SqlUnitOfWork.commit, Start()

        async def later(unit: SqlUnitOfWork) -> None:
            await start.wait()
            await commit(unit)

        self._patch.setattr(SqlUnitOfWork, "commit", later)

    def unlock(self) -> None:
        """Remove ``FOR UPDATE`` from the statements."""
        for module, name in (
            (orders, "BY_ID_FOR_UPDATE"),
            (payments, "BY_REFERENCE"),
            (payments, "BY_ID"),
        ):
            statement = getattr(module, name)._clone()
            statement._for_update_arg = None
            self._patch.setattr(module, name, statement)

    def ignore_versions(self) -> None:
        """Remove the version check: the last writer wins."""

        def replace(table: Table) -> Update:
            return update(table).where(
                table.c.id == bindparam("of_id"),
                bindparam("at_version", type_=table.c.version.type) > 0,
            )

        self._patch.setattr("adapters.database.statements._replace_version", replace)

    def loosen(self, name: str, statement: Update) -> None:
        """Replace a guarded statement of the refunds."""
        self._patch.setattr(refunds, name, statement)

    async def drop(self, table: Table, *constraints: str) -> None:
        async with self._shop.database().writes.begin() as connection:
            for each in constraints:
                await connection.execute(text(f"ALTER TABLE {table.name} DROP CONSTRAINT {each}"))


@pytest.fixture
def guards(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Guards:
    guards = Guards(shop, monkeypatch)
    guards.commit_together()
    return guards


async def concurrently(act: Callable[[int], Awaitable[Any]]) -> int:
    """Run ``act`` many times concurrently. Returns the number of successes."""
    results = await asyncio.gather(*map(act, range(TASKS)), return_exceptions=True)
    unexpected = [
        each
        for each in results
        if isinstance(each, Exception) and not isinstance(each, DomainError)
    ]
    assert unexpected == []
    return sum(not isinstance(each, DomainError) for each in results)


async def count(shop: Shop, table: Table) -> int:
    async with shop.database().reads.connect() as connection:
        number = await connection.scalar(select(func.count()).select_from(table))
    return int(number or 0)


async def bought(shop: Shop, bank: Bank, units: int = 10) -> PlacedOrder:
    placed = await place(shop, quantity=units)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    return placed


async def test_concurrent_changes_of_a_cart_are_not_lost(shop: Shop, guards: Guards) -> None:
    await stock_up(shop)
    owner = CartOwner(token="cart")
    await shop.add_to_cart()(owner, SMALL, 1)

    async def units_after_a_race() -> tuple[int, int]:
        before = (await shop.show_cart()(owner, "zh")).units
        added = 0
        for _ in range(4):
            results = await asyncio.gather(
                *(shop.add_to_cart()(owner, SMALL, 1) for _ in range(2)), return_exceptions=True
            )
            added += sum(isinstance(each, int) for each in results)
        return added, (await shop.show_cart()(owner, "zh")).units - before

    added, there = await units_after_a_race()
    assert added == there
    await shop.change_quantity()(owner, SMALL, 1)
    guards.ignore_versions()
    added, there = await units_after_a_race()
    assert added > there


@pytest.mark.own_database
async def test_one_checkout_places_one_order(shop: Shop, guards: Guards) -> None:
    await stock_up(shop)

    async def race(cart: str) -> int:
        owner = await fill(shop, cart)
        order = await checkout(shop, owner)
        before = await count(shop, orders_table)
        await concurrently(lambda _: shop.place_order()(owner, order))
        return await count(shop, orders_table) - before

    guards.ignore_versions()
    assert await race("the key alone") == 1
    await guards.drop(orders_table, "uq_orders_checkout_key")
    assert await race("no guard") > 1


@pytest.mark.own_database
async def test_refunds_never_exceed_the_paid_amount(shop: Shop, bank: Bank, guards: Guards) -> None:
    await stock_up(shop)
    placed = await bought(shop, bank)
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    (payment,) = await shop.order_queries().payments(placed.id)
    third = Money(payment.amount.minor // 3, "CNY")
    details = RefundInput(reason=RefundReason.GOODWILL, actor="staff", amount=third)
    guards.unlock()
    guards.ignore_versions()
    assert await concurrently(lambda _: shop.request_refund()(placed.id, details)) <= 3
    assert await violations(shop.database()) == []

    again = await bought_by_another(shop, bank)
    taken = payments_table.c.refund_minor + bindparam("amount")
    guards.loosen(
        "RESERVE_AMOUNT",
        update(payments_table)
        .where(payments_table.c.id == bindparam("of_payment"))
        .values(refund_minor=taken),
    )
    await guards.drop(payments_table, "ck_payments_refund")
    assert await concurrently(lambda _: shop.request_refund()(again.id, details)) > 3
    assert any("refunded of" in each for each in await violations(shop.database()))


async def bought_by_another(shop: Shop, bank: Bank) -> PlacedOrder:
    async with shop.database().writes.begin() as connection:
        await connection.execute(text("UPDATE stock_levels SET on_hand = on_hand + 10"))
        await connection.execute(
            text(
                "INSERT INTO stock_movements"
                " SELECT gen_random_uuid(), sku, location, 'count', 10, 0, 0, '', now()"
                " FROM stock_levels"
            )
        )
    bank.known = GatewayStatus.PENDING
    placed = await place(shop, "another", 10)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference, "another"))
    return placed


@pytest.mark.own_database
async def test_no_unit_is_refunded_twice(shop: Shop, bank: Bank, guards: Guards) -> None:
    await stock_up(shop)
    placed = await bought(shop, bank)
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    details = RefundInput(reason=RefundReason.GOODWILL, actor="staff", quantities={SMALL: 6})
    cheap = replace(details, amount=Money(1, "CNY"))
    guards.unlock()
    guards.ignore_versions()
    assert await concurrently(lambda _: shop.request_refund()(placed.id, details)) == 1
    units = lines_table.c.refunded + bindparam("units")
    guards.loosen(
        "RESERVE_UNITS",
        update(lines_table)
        .where(
            lines_table.c.order_id == bindparam("of_order"),
            lines_table.c.sku == bindparam("of_sku"),
        )
        .values(refunded=units),
    )
    await guards.drop(lines_table, "ck_order_lines_refunded")
    assert await concurrently(lambda _: shop.request_refund()(placed.id, cheap)) > 1


@pytest.mark.own_database
async def test_one_notification_is_applied_once(
    shop: Shop, bank: Bank, guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock_up(shop)

    async def race(cart: str) -> list[Outcome]:
        bank.known = GatewayStatus.PENDING
        placed = await place(shop, cart)
        await shop.start_payment()(placed.id, BACK)
        bank.known = GatewayStatus.PAID
        raw = notification(bank.asked[-1].reference, cart)
        results = await asyncio.gather(
            *(shop.receive_notification()("bank", raw) for _ in range(TASKS))
        )
        return [each.outcome for each in results]

    assert (await race("guarded")).count(Outcome.APPLIED) == 1
    assert await count(shop, notifications) == 1
    await guards.drop(notifications, "pk_notifications")
    monkeypatch.setattr(inbox, "RECORDED", inbox.RECORDED.limit(1))
    assert (await race("no inbox")).count(Outcome.APPLIED) > 1
    assert await violations(shop.database()) == []


@pytest.mark.own_database
async def test_a_payment_is_recorded_once(shop: Shop, bank: Bank, guards: Guards) -> None:
    await stock_up(shop)

    async def race(cart: str) -> None:
        bank.known = GatewayStatus.PENDING
        placed = await place(shop, cart)
        await shop.start_payment()(placed.id, BACK)
        bank.known = GatewayStatus.PAID
        await concurrently(lambda _: shop.check_payments()(placed.id))

    guards.unlock()
    await race("versions alone")
    assert await violations(shop.database()) == []
    guards.ignore_versions()
    await guards.drop(payment_entries, "uq_payment_entries_payment_id_kind_key")
    await race("no guard")
    assert await violations(shop.database()) != []


@pytest.mark.own_database
async def test_an_idempotency_key_is_stored_once(
    shop: Shop, guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, now = shop.idempotency_keys(), shop.now()()

    async def begun(key: str) -> int:
        results = await asyncio.gather(*(keys.begin("us", key, "same", now) for _ in range(TASKS)))
        return results.count(None)

    assert await begun("guarded") == 1

    start = Start()

    async def check_then_act(scope: str, key: str, fingerprint: str, at: Any) -> Any:
        async with shop.database().writes.begin() as connection:
            rows = await connection.execute(
                select(idempotency_keys).where(idempotency_keys.c.key == key)
            )
            if row := rows.first():
                return row
            await start.wait()
            await connection.execute(
                idempotency_keys.insert().values(
                    scope=scope,
                    key=key,
                    fingerprint=fingerprint,
                    status=0,
                    content_type="",
                    body=b"",
                    begun_at=at,
                )
            )
        return None

    await guards.drop(idempotency_keys, "pk_idempotency_keys")
    monkeypatch.setattr(keys, "begin", check_then_act)
    assert await begun("no guard") > 1
