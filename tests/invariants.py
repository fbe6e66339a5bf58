"""Invariants of a shop at every moment, checked with its tables alone."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, select

from adapters.database.engine import Database
from adapters.database.tables.events import outbox
from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.orders import order_lines, orders
from adapters.database.tables.payments import payment_entries, payments, refunds
from adapters.database.tables.stock import allocations, reservations, stock_levels, stock_movements

Rows = list[Any]
WITH_GOODS = {"paid", "completed"}
COUNTED = {"authorized", "capturing"}
HELD = {*COUNTED, "voiding"}
NUMBERS = ("on_hand", "reserved", "allocated")


async def violations(database: Database) -> list[str]:
    """Returns a message for each violation; empty if all invariants hold."""
    tables = (
        stock_levels,
        stock_movements,
        reservations,
        allocations,
        orders,
        order_lines,
        shipments,
        payments,
        payment_entries,
        refunds,
        outbox,
    )
    rows: dict[Table, Rows] = {}
    async with database.reads.connect() as connection:
        for table in tables:
            rows[table] = list((await connection.execute(select(table))).all())
    checks = (_of_stock, _of_goods, _of_money, _of_totals, _of_events)
    return [each for check in checks for each in check(rows)]


def _of_stock(rows: dict[Table, Rows]) -> Iterator[str]:
    """No number is negative, and each is the sum of its movements and of its rows."""
    moved: Counter[tuple[str, str, str]] = Counter()
    for move in rows[stock_movements]:
        for column in NUMBERS:
            moved[move.sku, move.location, column] += getattr(move, column)
    held: Counter[tuple[str, str, str]] = Counter()
    for table, column in ((reservations, "reserved"), (allocations, "allocated")):
        for row in rows[table]:
            held[row.sku, row.location, column] += row.quantity
    for level in rows[stock_levels]:
        if level.reserved + level.allocated > level.on_hand + level.backorder_limit:
            yield f"{level.sku}: oversold"
        for column in NUMBERS:
            key, value = (level.sku, level.location, column), getattr(level, column)
            if value < 0 or value != moved[key]:
                yield f"{level.sku}: {column} {value}, moved {moved[key]}"
            if column != "on_hand" and value != held[key]:
                yield f"{level.sku}: {column} {value}, held {held[key]}"


def _of_goods(rows: dict[Table, Rows]) -> Iterator[str]:
    """The units of a paid order are allocated or shipped; a cancelled order has none."""
    held: dict[Table, Counter[tuple[Any, str]]] = {}
    for table in (reservations, allocations):
        held[table] = Counter()
        for row in rows[table]:
            held[table][row.order_id, row.sku] += row.quantity
    shipped: Counter[tuple[Any, str]] = Counter()
    for row in rows[shipments]:
        for sku, units in row.quantities.items():
            shipped[row.order_id, sku] += units
    states = {order.id: order.state for order in rows[orders]}
    for line in rows[order_lines]:
        key, state = (line.order_id, line.sku), states[line.order_id]
        expected = {
            "placed": (line.quantity, 0),
            "cancelled": (0, 0),
        }.get(state, (0, line.quantity - shipped[key]))
        if (held[reservations][key], held[allocations][key]) != expected:
            yield f"{state} order: {line.sku} × {line.quantity} has wrong reservations"


def _of_money(rows: dict[Table, Rows]) -> Iterator[str]:
    """A payment is the sum of its ledger, and refunds do not exceed the captured amount."""
    ledger: Counter[tuple[Any, str]] = Counter()
    for entry in rows[payment_entries]:
        ledger[entry.payment_id, entry.kind] += entry.amount_minor
    refunded: Counter[Any] = Counter()
    for refund in rows[refunds]:
        if refund.state != "failed":
            refunded[refund.payment_id] += refund.amount_minor
    for payment in rows[payments]:
        taken = ledger[payment.id, "captured"]
        requested = ledger[payment.id, "refund_requested"] - ledger[payment.id, "refund_failed"]
        held = ledger[payment.id, "authorized"] - ledger[payment.id, "voided"] - taken
        if payment.state in HELD and held != payment.amount_minor:
            yield f"payment {payment.reference}: {held} held of {payment.amount_minor}"
        if taken not in {0, payment.amount_minor} or taken != payment.captured_minor:
            yield f"payment {payment.reference}: {taken} captured of {payment.amount_minor}"
        if not refunded[payment.id] == requested == payment.refund_minor <= taken:
            yield f"payment {payment.reference}: {refunded[payment.id]} refunded of {taken}"


def _of_totals(rows: dict[Table, Rows]) -> Iterator[str]:
    """A total is the sum of its lines, and captured or authorized money covers it.

    Nothing is shipped before its money is captured.
    """
    lines: Counter[Any] = Counter()
    for line in rows[order_lines]:
        lines[line.order_id] += line.quantity * line.unit_price_minor
    captured: Counter[Any] = Counter()
    held: Counter[Any] = Counter()
    for payment in rows[payments]:
        captured[payment.order_id] += payment.captured_minor
        if payment.state in COUNTED:
            held[payment.order_id] += payment.amount_minor
    for order in rows[orders]:
        if lines[order.id] + order.shipping_minor != order.total_minor:
            yield f"order {order.number}: its total is not the sum of its lines"
        sold = order.state in WITH_GOODS and order.replaces is None
        waits = order.fulfillment == "unfulfilled"
        covered = captured[order.id] + (held[order.id] if waits else 0)
        if sold and covered < order.total_minor:
            yield f"order {order.number}: {captured[order.id]} paid of {order.total_minor}"


def _of_events(rows: dict[Table, Rows]) -> Iterator[str]:
    """An order has one `OrderPaid` for each payment in its history, and one payment at most."""
    events: Counter[str] = Counter(
        row.payload["order_id"] for row in rows[outbox] if row.kind == "OrderPaid"
    )
    for order in rows[orders]:
        moves = Counter(move["move"] for move in order.history)
        paid = moves["pay"] + moves["reinstate"]
        if events[str(order.id)] != paid or moves["pay"] > 1:
            yield f"order {order.number}: paid {paid} times, {events[str(order.id)]} events"
