"""Transactions that meet: one order of locks, and a retry where the database ends one of them."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text, update

from adapters.database.engine import SERVER_SETTINGS, Database
from adapters.database.payments import payments as payments_module
from adapters.database.stock import levels as levels_module
from adapters.database.stock import statements as stock_statements
from adapters.database.stock.repository import ensure_location
from adapters.database.tables.payments import payments
from adapters.database.tables.stock import locations, stock_levels
from core.application import retries
from core.application.carts.ownership import CartOwner
from core.application.orders.checkout import Checkout
from core.application.payments import outcomes
from core.application.payments.locks import LockedRefund, lock_refund
from core.application.payments.refunds import RefundInput
from core.domain.errors import DomainError
from core.domain.identifiers import LocationCode, OrderId
from core.domain.money import Money
from core.domain.payments.refund import RefundReason
from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop
from ports.errors import TransactionAborted
from ports.payments.gateway import GatewayStatus
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus
from ports.unit_of_work import UnitOfWork
from tests.bank import BACK, LINE, SMALL, Bank, checkout, notification, place, state_of
from tests.conftest import ON_POSTGRESQL
from tests.factories import DELIVERY, stock_up
from tests.invariants import violations
from tests.people import a_life
from tests.web.api_client import API, filled_cart, order_form
from tests.web.conftest import ORIGIN

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True),
]

REGIONS = ("广东省", "北京市")
LOCATIONS = 12
BUYERS = 8
ROUNDS = 20
"""A twin repeats its race until the damage is there, at most so many times."""


async def aborted(races: Sequence[Awaitable[Any]]) -> int:
    """Run the races concurrently. Returns the number that the database ended."""
    results = await asyncio.gather(*races, return_exceptions=True)
    expected = (TransactionAborted, DomainError)
    unexpected = [
        each
        for each in results
        if isinstance(each, BaseException) and not isinstance(each, expected)
    ]
    assert unexpected == []
    return sum(isinstance(each, TransactionAborted) for each in results)


async def open_warehouses(shop: Shop) -> None:
    """Half of the warehouses are in each region, and each has one unit."""
    async with shop.database().writes.begin() as connection:
        for number in range(LOCATIONS):
            code = LocationCode(f"w{number:02}")
            await ensure_location(connection, code, {"zh": code, "en": code})
            await connection.execute(
                update(locations)
                .where(locations.c.code == code)
                .values(region=REGIONS[number % 2], position=number)
            )
    for number in range(LOCATIONS):
        await shop.count_stock()(SMALL, LocationCode(f"w{number:02}"), 9)


async def buyers_of_two_regions(shop: Shop, name: str) -> list[tuple[CartOwner, Checkout]]:
    """Buyers whose orders need several warehouses, with their own region first."""
    ready = []
    for number in range(BUYERS):
        owner = CartOwner(token=f"{name} {number}")
        await shop.add_to_cart()(owner, SMALL, 11)
        address = replace(DELIVERY.address, region=REGIONS[number % 2])
        # Orders of one contact wait for each other, because its unpaid orders are limited.
        delivery = replace(DELIVERY, contact=f"buyer-{number}@example.com", address=address)
        await shop.set_delivery()(owner, delivery)
        ready.append((owner, await checkout(shop, owner)))
    return ready


@pytest.mark.own_database
async def test_buyers_of_two_regions_do_not_deadlock(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock_up(shop)
    await open_warehouses(shop)
    monkeypatch.setattr(retries, "ATTEMPTS", 1)
    ready = await buyers_of_two_regions(shop, "one order of locks")
    assert await aborted([shop.place_order()(*each) for each in ready]) == 0
    assert await violations(shop.database()) == []

    # The twin locks the warehouses in the order in which a buyer prefers them.
    by_preference = stock_statements.levels_query.with_for_update(of=stock_levels)
    monkeypatch.setattr(levels_module, "levels_query", by_preference)
    monkeypatch.setattr(levels_module, "LOCK_LEVELS", select(1).select_from(stock_levels))
    deadlocks = 0
    for number in range(ROUNDS):
        await restock(shop)
        ready = await buyers_of_two_regions(shop, f"twin {number}")
        deadlocks += await aborted([shop.place_order()(*each) for each in ready])
        if deadlocks:
            break
    assert deadlocks > 0

    monkeypatch.setattr(retries, "ATTEMPTS", 9)
    await restock(shop)
    ready = await buyers_of_two_regions(shop, "retried")
    assert await aborted([shop.place_order()(*each) for each in ready]) == 0
    assert await violations(shop.database()) == []


async def restock(shop: Shop) -> None:
    for number in range(LOCATIONS):
        location = LocationCode(f"w{number:02}")
        async with shop.units()() as unit:
            levels = await unit.stock.levels([SMALL])
        (level,) = [each for each in levels if each.location == location]
        await shop.count_stock()(SMALL, location, level.reserved + 9)


async def paid_with_refunds(shop: Shop, bank: Bank, cart: str) -> tuple[OrderId, list[str]]:
    """A paid order with refunds of one unit each, which are sent."""
    bank.known = GatewayStatus.PENDING
    placed = await place(shop, cart, BUYERS)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference, cart))
    bank.down = True
    for _ in range(BUYERS // 2):
        refund = await shop.request_refund()(placed.id, ONE_UNIT)
        assert refund is not None
        await shop.send_refunds().send(refund.reference)
    bank.down = False
    found = await shop.order_queries().refunds(placed.id)
    return placed.id, [each.reference for each in found]


ONE_UNIT = RefundInput(
    reason=RefundReason.GOODWILL, actor="staff", quantities={LINE: 1}, amount=Money(1, "CNY")
)


def failed(bank: Bank, reference: str) -> GatewayRefund:
    return GatewayRefund(
        reference=reference,
        payment_reference="",
        status=GatewayRefundStatus.FAILED,
        account=bank.account,
        failure="the account is closed",
    )


async def lock_payment_first(unit: UnitOfWork, reference: str) -> LockedRefund | None:
    found = await unit.refunds.find(reference)
    assert found is not None
    await unit.payments.get_for_update(found.payment_id)
    return await lock_refund(unit, reference)


@pytest.mark.own_database
async def test_a_refund_does_not_deadlock_with_a_failing_refund(
    shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stock_up(shop)
    await shop.count_stock()(SMALL, LocationCode("main"), 999)
    monkeypatch.setattr(retries, "ATTEMPTS", 1)

    async def race(cart: str) -> int:
        order_id, references = await paid_with_refunds(shop, bank, cart)
        failing = [
            shop.record_outcome().refund(failed(bank, each), bank.code) for each in references
        ]
        requests = [shop.request_refund()(order_id, ONE_UNIT) for _ in references]
        mixed = [each for pair in zip(failing, requests, strict=True) for each in pair]
        return await aborted(mixed)

    for number in range(3):
        assert await race(f"one order of locks {number}") == 0
    assert await violations(shop.database()) == []

    # The twin locks the payment of a failing refund before its order.
    alone = payments_module.BY_ID.with_for_update(of=[payments])
    monkeypatch.setattr(payments_module, "BY_ID", alone)
    monkeypatch.setattr(outcomes, "lock_refund", lock_payment_first)
    deadlocks = 0
    for number in range(ROUNDS):
        deadlocks += await race(f"twin {number}")
        if deadlocks:
            break
    assert deadlocks > 0
    assert await violations(shop.database()) == []


# The number of a transaction counts those of other databases of the server, too.
FAIL_ONCE = """
CREATE FUNCTION fail_every_second_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('test.number', true), '') = '' THEN
        PERFORM set_config('test.number', nextval('transaction_numbers')::text, true);
    END IF;
    IF current_setting('test.number')::int % 2 = 1 THEN
        RAISE EXCEPTION 'of the test' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NULL;
END $$
"""
ON_COMMIT = """
CREATE CONSTRAINT TRIGGER fails AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION fail_every_second_transaction()
"""
CHANGED_BY_USE_CASES = (
    *("customers", "carts", "products"),
    *("orders", "payments", "refunds", "returns"),
)


async def fail_every_second_transaction(shop: Shop) -> None:
    async with shop.database().writes.begin() as connection:
        await connection.execute(text("CREATE SEQUENCE transaction_numbers"))
        await connection.execute(text(FAIL_ONCE))
        for table in CHANGED_BY_USE_CASES:
            await connection.execute(text(ON_COMMIT.format(table=table)))


@pytest.mark.own_database
async def test_a_life_in_which_every_second_commit_fails(
    shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fail_every_second_transaction(shop)
    await stock_up(shop)
    placed = await a_life(shop, bank, done=True)
    await shop.request_refund()(placed.id, replace(ONE_UNIT, quantities=None))
    await shop.send_refunds()()
    assert await state_of(shop, placed) == "delivered"
    assert await violations(shop.database()) == []

    monkeypatch.setattr(retries, "ATTEMPTS", 1)
    carts = [shop.add_to_cart()(CartOwner(token=f"{each}"), SMALL, 1) for each in range(BUYERS)]
    assert await aborted(carts) > 0


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock timeouts of this test are short. The engine of the shop is created later."""
    monkeypatch.setitem(SERVER_SETTINGS, "lock_timeout", "200ms")


@pytest.mark.usefixtures("impatient")
async def test_a_lock_that_is_held_for_long_is_a_503_and_not_a_500(
    database: Database, shop: Shop
) -> None:
    await stock_up(shop)
    app = assemble(shop)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url=ORIGIN,
    )
    async with app.app.lifespan(), client:
        cart = await filled_cart(client)
        form = await order_form(client, cart)
        async with database.writes.begin() as connection:
            await connection.execute(text("LOCK TABLE stock_levels IN EXCLUSIVE MODE"))
            answer = await client.post(f"{API}/orders", json=form)
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert int(answer.headers["retry-after"]) > 0
        again = await client.post(f"{API}/orders", json=form)
        assert again.status_code == 201, again.text
