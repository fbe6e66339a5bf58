"""Invariants of payments: ledgers, refunds, shares and instalments."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table

from adapters.database.tables.orders import order_lines, orders
from adapters.database.tables.payments import payment_entries, payments, refunds
from adapters.database.tables.returns import returns
from core.domain.payments.ledger import EntryKind
from core.domain.payments.shares import TAKING

Rows = list[Any]
WITH_GOODS = {"paid", "completed"}
COUNTED = {"authorized", "capturing"}
HELD = {*COUNTED, "voiding"}


def of_money(rows: dict[Table, Rows]) -> Iterator[str]:
    """A payment is the sum of its ledger, and refunds do not exceed the captured amount.

    The ledger says of each refund what its state says. A return is refunded with its refund.
    """
    ledger: Counter[tuple[Any, str]] = Counter()
    for entry in rows[payment_entries]:
        ledger[entry.payment_id, entry.kind] += entry.amount_minor
    refunded: Counter[Any] = Counter()
    by_state: Counter[tuple[Any, str]] = Counter()
    for refund in rows[refunds]:
        refunded[refund.payment_id] += refund.amount_minor
        by_state[refund.payment_id, refund.state] += refund.amount_minor
    yield from _of_returns(rows)
    for payment in rows[payments]:
        taken = ledger[payment.id, "captured"]
        requested = ledger[payment.id, "refund_requested"]
        failed = ledger[payment.id, "refund_failed"] - ledger[payment.id, "refund_reopened"]
        reversed_ = ledger[payment.id, "refund_reversed"]
        for state, entered in (
            ("failed", failed),
            ("succeeded", ledger[payment.id, "refund_succeeded"] - reversed_),
            ("reversed", reversed_),
            ("replaced", ledger[payment.id, "refund_replaced"]),
        ):
            if by_state[payment.id, state] != entered:
                yield f"payment {payment.reference}: {entered} {state} in the ledger"
        held = ledger[payment.id, "authorized"] - ledger[payment.id, "voided"] - taken
        if payment.state in HELD and held != payment.amount_minor:
            yield f"payment {payment.reference}: {held} held of {payment.amount_minor}"
        if taken not in {0, payment.amount_minor} or taken != payment.captured_minor:
            yield f"payment {payment.reference}: {taken} captured of {payment.amount_minor}"
        charged_back = ledger[payment.id, "chargeback"]
        charged_back -= ledger[payment.id, "chargeback_reinstated"]
        if charged_back != payment.charged_back_minor or charged_back < 0:
            yield f"payment {payment.reference}: {charged_back} charged back in the ledger"
        left = taken - charged_back + reversed_
        if not refunded[payment.id] == requested == payment.refund_minor + reversed_ <= left:
            yield f"payment {payment.reference}: {refunded[payment.id]} refunded of {left}"


def _of_returns(rows: dict[Table, Rows]) -> Iterator[str]:
    """A return is refunded with its refund. Goods that were free need none."""
    refunds_of = {each.return_id: each.state for each in rows[refunds] if each.return_id}
    free = {
        (line.order_id, line.key)
        for line in rows[order_lines]
        if not any(amount for _, amount in line.exchanged_units or line.paid_units)
    }
    for each in rows[returns]:
        done = refunds_of.get(each.id) in {"succeeded", "replaced", "reversed"}
        if each.id not in refunds_of and each.accepted:
            done = each.state == "refunded" and all(
                (each.order_id, key) in free for key in each.accepted
            )
        if (each.state == "refunded") != done:
            yield f"return {each.number}: {each.state}, and its refund {refunds_of.get(each.id)}"


def of_shares(rows: dict[Table, Rows]) -> Iterator[str]:
    """Shares sum to their payment, and refunds and chargebacks of a share do not exceed it.

    Each share is of an order of the purchase, and each refund of a share.
    """
    purchases = {str(order.id): order.purchase_id for order in rows[orders]}
    taken: Counter[tuple[Any, str]] = Counter()
    for entry in rows[payment_entries]:
        sign = TAKING.get(EntryKind(entry.kind), 0)
        taken[entry.payment_id, str(entry.order_id)] += sign * entry.amount_minor
    shares: set[tuple[Any, str]] = set()
    for payment in rows[payments]:
        if sum(share["amount"] for share in payment.shares) != payment.amount_minor:
            yield f"payment {payment.reference}: its shares are not {payment.amount_minor}"
        for share in payment.shares:
            order, gone = share["order"], taken[payment.id, share["order"]]
            shares.add((payment.id, order))
            if not 0 <= gone <= (share["amount"] if payment.captured_minor else 0):
                yield f"payment {payment.reference}: {gone} taken of a share of {share['amount']}"
            if purchases[order] != payment.purchase_id:
                yield f"payment {payment.reference}: an order of another purchase"
    for refund in rows[refunds]:
        if (refund.payment_id, str(refund.paid_order_id)) not in shares:
            yield f"refund {refund.reference}: of no share"


def of_instalments(rows: dict[Table, Rows]) -> Iterator[str]:
    """Instalments are paid one after the other, each by a share; a paid order has paid all."""
    paid: Counter[tuple[str, str]] = Counter()
    for payment in rows[payments]:
        for share in payment.shares:
            if payment.captured_minor:
                paid[share["order"], share["instalment"]] += share["amount"]
    for order in rows[orders]:
        done = [each for each in order.instalments if each["paid_at"]]
        if done != order.instalments[: len(done)]:
            yield f"order {order.number}: an instalment was paid before an earlier one"
        if order.instalments and order.state in WITH_GOODS and done != order.instalments:
            yield f"order {order.number}: {order.state}, with an instalment to pay"
        for each in done:
            if paid[str(order.id), each["code"]] < each["amount"]:
                yield f"order {order.number}: {each['code']} is paid without money"
