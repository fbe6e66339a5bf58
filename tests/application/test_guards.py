"""Each guard against a race condition is needed: without it, the same race does damage.

Where several guards protect the same data, a test removes all but one, checks that this one is
enough, and then removes it too. PostgreSQL only: SQLite has one writer at a time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Table, Update, bindparam, func, literal, select, text, update

from adapters.database.orders import repository as orders
from adapters.database.payments import inbox, payments, refunds
from adapters.database.stock.allocations import SqlAllocations
from adapters.database.tables.orders import order_lines as lines_table
from adapters.database.tables.orders import orders as orders_table
from adapters.database.tables.payments import notifications, payment_entries
from adapters.database.tables.payments import payments as payments_table
from adapters.database.tables.payments import refunds as refunds_table
from adapters.database.tables.stock import stock_levels
from adapters.database.unit_of_work import SqlUnitOfWork
from core.application.carts.ownership import CartOwner
from core.application.orders.checkout import PlacedOrder
from core.application.payments.notifications import Outcome
from core.application.payments.refunds import RefundInput
from core.domain.errors import DomainError
from core.domain.identifiers import LocationCode, OrderId, Sku
from core.domain.money import Money
from core.domain.payments.refund import RefundReason
from core.domain.stock import Allocation
from entrepot.assembly.shop import Shop
from ports.idempotency import Claim, claiming
from ports.payments.gateway import GatewayStatus
from tests.application.test_refunds import CHEAP
from tests.bank import BACK, LINE, PARCEL, SMALL, Bank, checkout, fill, line_of, notification, place
from tests.conftest import ON_POSTGRESQL
from tests.factories import stock_up
from tests.gifts import AMOUNTS, BOUGHT, paid_order_with_gift
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
            (orders, "BY_IDS_FOR_UPDATE"),
            (orders, "PURCHASE_FOR_UPDATE"),
            (payments, "BY_REFERENCE_FOR_UPDATE"),
            (payments, "BY_ID"),
            (refunds, "BY_REFERENCE_FOR_UPDATE"),
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

    def loosen(self, name: str, statement: Update, module: ModuleType = refunds) -> None:
        """Replace a guarded statement, of the refunds or of another module."""
        self._patch.setattr(module, name, statement)

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
    await shop.change_quantity()(owner, await line_of(shop, owner), 1)
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
    details = RefundInput(reason=RefundReason.GOODWILL, actor="staff", quantities={LINE: 6})
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
            lines_table.c.key == bindparam("of_key"),
        )
        .values(refunded=units)
        # Which units it takes is not known without the guard.
        .returning(literal(0).label("before")),
    )
    await guards.drop(lines_table, "ck_order_lines_refunded")
    assert await concurrently(lambda _: shop.request_refund()(placed.id, cheap)) > 1


async def test_each_unit_is_refunded_at_what_it_was_paid_with(
    shop: Shop, bank: Bank, guards: Guards
) -> None:
    """The statement that takes the units says which ones it took."""
    await stock_up(shop)
    details = RefundInput(reason=RefundReason.GOODWILL, actor="staff", quantities={BOUGHT: 1})
    guards.unlock()
    guards.ignore_versions()

    async def amounts_of_a_race(number: str) -> list[int]:
        placed = await paid_order_with_gift(shop, bank, number)
        await shop.ship_order()(placed.id, PARCEL, "staff")
        await shop.deliver_order()(placed.id, "carrier")
        assert await concurrently(lambda _: shop.request_refund()(placed.id, details)) == 3
        return sorted(each.amount.minor for each in await shop.order_queries().refunds(placed.id))

    assert await amounts_of_a_race("1000000000000001") == sorted(AMOUNTS)
    guards.loosen(
        "RESERVE_UNITS",
        update(lines_table)
        .where(
            lines_table.c.order_id == bindparam("of_order"),
            lines_table.c.key == bindparam("of_key"),
            lines_table.c.refunded + bindparam("units") <= lines_table.c.quantity,
        )
        .values(refunded=lines_table.c.refunded + bindparam("units"))
        .returning(literal(0).label("before")),
    )
    assert await amounts_of_a_race("1000000000000002") != sorted(AMOUNTS)


@pytest.mark.own_database
async def test_the_shipping_price_is_refunded_once(shop: Shop, bank: Bank, guards: Guards) -> None:
    await stock_up(shop, CHEAP)
    placed = await bought(shop, bank, 1)
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    details = RefundInput(
        reason=RefundReason.GOODWILL, actor="staff", shipping=True, amount=Money(1, "CNY")
    )
    guards.unlock()
    guards.ignore_versions()
    assert await concurrently(lambda _: shop.request_refund()(placed.id, details)) == 1
    guards.loosen(
        "RESERVE_SHIPPING",
        update(orders_table)
        .where(orders_table.c.id == bindparam("of_order"))
        .values(
            shipping_refunded_minor=orders_table.c.shipping_refunded_minor
            + orders_table.c.shipping_paid_minor
        ),
    )
    await guards.drop(orders_table, "ck_orders_shipping_refunded")
    assert await concurrently(lambda _: shop.request_refund()(placed.id, details)) > 1


@pytest.mark.own_database
async def test_no_unit_is_shipped_and_refunded_before_its_shipment(
    shop: Shop, bank: Bank, guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock_up(shop)
    placed = await bought(shop, bank)
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    details = RefundInput(reason=RefundReason.GOODWILL, actor="staff", quantities={LINE: 10})

    def ship_or_refund(order_id: OrderId) -> Callable[[int], Awaitable[Any]]:
        return lambda task: (
            shop.ship_order()(order_id, PARCEL, "staff")
            if task % 2
            else shop.request_refund()(order_id, details)
        )

    guards.unlock()
    guards.ignore_versions()
    # A refund after the shipment is of shipped units, so both can succeed.
    assert await concurrently(ship_or_refund(placed.id)) in {1, 2}
    assert await violations(shop.database()) == []

    again = await bought_by_another(shop, bank)

    async def unchecked(
        _stock: SqlAllocations, _order_id: OrderId, quantities: Mapping[Sku, int]
    ) -> tuple[Allocation, ...]:
        return tuple(
            Allocation(sku=sku, location=LocationCode("main"), quantity=units)
            for sku, units in quantities.items()
        )

    async def unguarded(_stock: SqlAllocations, _order_id: OrderId, _part: Allocation) -> None:
        return

    monkeypatch.setattr(SqlAllocations, "_allocated", unchecked)
    monkeypatch.setattr(SqlAllocations, "_reduce_allocation", unguarded)
    await guards.drop(stock_levels, "ck_stock_levels_reserved", "ck_stock_levels_counts")
    assert await concurrently(ship_or_refund(again.id)) > 1
    assert await violations(shop.database()) != []


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
        (payment,) = await shop.order_queries().payments(placed.id)
        await concurrently(lambda _: shop.check_payments().check(payment))

    guards.unlock()
    await race("versions alone")
    assert await violations(shop.database()) == []
    guards.ignore_versions()
    await guards.drop(payment_entries, "uq_payment_entries_payment_id_kind_key")
    await race("no guard")
    assert await violations(shop.database()) != []


@pytest.mark.own_database
async def test_concurrent_requests_with_one_key_have_one_effect(
    shop: Shop, bank: Bank, guards: Guards, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock_up(shop)
    placed = await bought(shop, bank)
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    details = RefundInput(reason=RefundReason.GOODWILL, actor="staff", amount=Money(1, "CNY"))
    guards.ignore_versions()

    async def race(key: str) -> int:
        async def request(_: int) -> None:
            with claiming(Claim(scope="us", key=key, fingerprint="same")):
                await shop.request_refund()(placed.id, details)

        before = await count(shop, refunds_table)
        await concurrently(request)
        return await count(shop, refunds_table) - before

    assert await race("guarded") == 1
    monkeypatch.setattr("adapters.database.unit_of_work.current_claim", lambda: None)
    assert await race("no guard") > 1
