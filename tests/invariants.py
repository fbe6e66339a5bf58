"""Invariants of a shop at every moment, checked with its tables alone."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, select

from adapters.database.engine import Database
from adapters.database.tables.claims import claims, quota_uses, quotas
from adapters.database.tables.coupons import coupon_batches, coupons
from adapters.database.tables.events import outbox
from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.ledger import ledger_accounts, ledger_lines, ledger_transfers
from adapters.database.tables.orders import order_lines, orders
from adapters.database.tables.payments import payment_entries, payments, refunds
from adapters.database.tables.returns import returns
from adapters.database.tables.stock import allocations, reservations, stock_levels, stock_movements
from tests.money_invariants import COUNTED, WITH_GOODS, Rows, of_instalments, of_money, of_shares

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
        returns,
        outbox,
        claims,
        quotas,
        quota_uses,
        coupon_batches,
        coupons,
        ledger_accounts,
        ledger_transfers,
        ledger_lines,
    )
    rows: dict[Table, Rows] = {}
    async with database.reads.connect() as connection:
        for table in tables:
            rows[table] = list((await connection.execute(select(table))).all())
    checks = (
        _of_stock,
        _of_goods,
        _of_refunded_units,
        _of_ends,
        of_money,
        of_shares,
        of_instalments,
        _of_totals,
        _of_events,
        _of_claims,
        _of_coupons,
        _of_ledger,
    )
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
        needed = level.reserved + level.allocated
        if needed > level.on_hand + level.backorder_limit + level.missing:
            yield f"{level.sku}: oversold"
        for column in NUMBERS:
            key, value = (level.sku, level.location, column), getattr(level, column)
            if value < 0 or value != moved[key]:
                yield f"{level.sku}: {column} {value}, moved {moved[key]}"
            if column != "on_hand" and value != held[key]:
                yield f"{level.sku}: {column} {value}, held {held[key]}"


def _of_goods(rows: dict[Table, Rows]) -> Iterator[str]:
    """The units of a paid order are allocated, shipped, or cancelled with a refund.

    A cancelled order has none.
    """
    held: dict[Table, Counter[tuple[Any, str]]] = {}
    for table in (reservations, allocations):
        held[table] = Counter()
        for row in rows[table]:
            held[table][row.order_id, row.sku] += row.quantity
    shipped: Counter[tuple[Any, str]] = Counter()
    for row in rows[shipments]:
        for key, units in row.quantities.items():
            shipped[row.order_id, key] += units
    states = {order.id: order.state for order in rows[orders]}
    ordered: Counter[tuple[Any, str]] = Counter()
    waiting: Counter[tuple[Any, str]] = Counter()
    for line in rows[order_lines]:
        open_units = line.quantity - shipped[line.order_id, line.key] - line.cancelled
        ordered[line.order_id, line.sku] += line.quantity
        waiting[line.order_id, line.sku] += open_units
        if open_units < 0 or not line.cancelled <= line.refunded <= line.quantity:
            yield f"{line.sku} × {line.quantity}: {line.cancelled} cancelled, {line.refunded} back"
    for goods, units in ordered.items():
        state = states[goods[0]]
        expected = {
            "placed": (units, 0),
            "cancelled": (0, 0),
        }.get(state, (0, waiting[goods]))
        if (held[reservations][goods], held[allocations][goods]) != expected:
            yield f"{state} order: {goods[1]} × {units} has wrong reservations"


def _of_refunded_units(rows: dict[Table, Rows]) -> Iterator[str]:
    """The units of refunds and exchanges are counted in their lines."""
    units: Counter[tuple[Any, str]] = Counter()
    for refund in rows[refunds]:
        for key, count in refund.quantities.items():
            units[refund.order_id, key] += count
    for each in rows[returns]:
        if each.state == "exchanged":
            for key, count in each.accepted.items():
                units[each.order_id, key] += count
    for line in rows[order_lines]:
        if units[line.order_id, line.key] > line.refunded:
            yield f"{line.sku}: {units[line.order_id, line.key]} back, {line.refunded} counted"


def _of_ends(rows: dict[Table, Rows]) -> Iterator[str]:
    """A paid order has units to ship or parcels to deliver, and money that is not paid back."""
    waiting: Counter[Any] = Counter()
    for line in rows[order_lines]:
        waiting[line.order_id] += line.quantity - line.cancelled
    for row in rows[shipments]:
        waiting[row.order_id] -= sum(row.quantities.values())
    in_transit = {each.order_id for each in rows[shipments] if each.delivered_at is None}
    for order in rows[orders]:
        open_units, moving = waiting[order.id], order.id in in_transit
        if order.state == "paid" and not open_units and not moving:
            yield f"order {order.number}: paid, with nothing to ship or to deliver"
        if order.state == "completed" and (open_units or moving):
            yield f"order {order.number}: completed, with units to ship or to deliver"
        if order.state == "paid" and open_units and _is_paid_back(rows, order):
            yield f"order {order.number}: paid back, and still to be sent"


def _is_paid_back(rows: dict[Table, Rows], order: Any) -> bool:
    """No authorized share, and no captured share that is not refunded."""
    shares = [
        (payment, share)
        for payment in rows[payments]
        for share in payment.shares
        if share["order"] == str(order.id)
    ]
    back: Counter[Any] = Counter()
    for refund in rows[refunds]:
        if refund.paid_order_id == order.id and refund.state != "reversed":
            back[refund.payment_id] += refund.amount_minor
    captured = [(payment, share) for payment, share in shares if payment.captured_minor]
    return (
        bool(captured)
        and all(share["amount"] == back[payment.id] for payment, share in captured)
        and not any(payment.state in COUNTED for payment, _ in shares)
    )


def _of_totals(rows: dict[Table, Rows]) -> Iterator[str]:
    """A total is the sum of its units, and captured or authorized money covers it.

    Nothing is shipped before its money is captured.
    """
    lines: Counter[Any] = Counter()
    for line in rows[order_lines]:
        lines[line.order_id] += sum(count * amount for count, amount in line.paid_units)
        if sum(count for count, _ in line.paid_units) != line.quantity:
            yield f"{line.sku} × {line.quantity}: paid are {line.paid_units}"
    captured: Counter[Any] = Counter()
    held: Counter[Any] = Counter()
    for payment in rows[payments]:
        for share in payment.shares:
            if payment.captured_minor:
                captured[share["order"]] += share["amount"]
            if payment.state in COUNTED:
                held[share["order"]] += share["amount"]
    for order in rows[orders]:
        if lines[order.id] + order.shipping_paid_minor != order.total_minor:
            yield f"order {order.number}: its total is not the sum of its lines"
        sold = order.state in WITH_GOODS and order.replaces is None
        waits = order.fulfillment == "unfulfilled"
        money = captured[str(order.id)]
        covered = money + (held[str(order.id)] if waits else 0)
        if sold and covered < order.total_minor:
            yield f"order {order.number}: {money} paid of {order.total_minor}"


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


def _of_claims(rows: dict[Table, Rows]) -> Iterator[str]:
    """Each counter of a quota is the sum of the claims that are not released."""
    shared: Counter[tuple[str, int]] = Counter()
    personal: Counter[Any] = Counter()
    for claim in rows[claims]:
        if claim.state != "released":
            shared[claim.key, claim.shard] += claim.amount
            personal[claim.use_id] += claim.amount
    for each in rows[quotas]:
        if not each.taken == shared[each.key, each.shard] <= each.limit:
            yield f"{each.key}: {each.taken} of {each.limit} taken in shard {each.shard}"
    for each in rows[quota_uses]:
        if each.taken != personal[each.id]:
            yield f"{each.key}: one person has {each.taken}, and {personal[each.id]} in claims"
    states = {order.id: order.state for order in rows[orders]}
    for claim in rows[claims]:
        state = states[claim.order_id]
        if (claim.state == "held") != (state == "placed"):
            yield f"{claim.key}: {claim.state} by a {state} order"


def _of_coupons(rows: dict[Table, Rows]) -> Iterator[str]:
    """A batch counts its coupons, also erased ones, and has no more than its size."""
    stored = Counter(coupon.batch for coupon in rows[coupons])
    for batch in rows[coupon_batches]:
        if not stored[batch.code] <= batch.made <= (batch.size or batch.made):
            yield f"batch {batch.code}: {stored[batch.code]} of {batch.made}, for {batch.size}"


def _of_ledger(rows: dict[Table, Rows]) -> Iterator[str]:
    """Lines sum to zero in each unit, and an account is the sum of its lines."""
    states = {transfer.id: transfer.state for transfer in rows[ledger_transfers]}
    posted: Counter[Any] = Counter()
    held: Counter[Any] = Counter()
    in_transfer: Counter[Any] = Counter()
    for line in rows[ledger_lines]:
        in_transfer[line.transfer_id, line.unit] += line.amount
        if states[line.transfer_id] == "posted":
            posted[line.account_id] += line.amount
        elif states[line.transfer_id] == "held":
            held[line.account_id] -= min(line.amount, 0)
    yield from (f"transfer {key}: sums to {total}" for key, total in in_transfer.items() if total)
    for account in rows[ledger_accounts]:
        if (account.posted, account.held) != (posted[account.id], held[account.id]):
            yield f"ledger account {account.id}: is not the sum of its lines"
        left = account.posted - account.held + account.credit_limit
        if left + account.overdrawn < 0:
            yield f"ledger account {account.id}: {left} left"
