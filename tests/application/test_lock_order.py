"""Every transaction locks order, return, payment, refund, stock, claims and points in this order.

Two transactions that lock in one order never wait for each other in a circle. PostgreSQL only:
SQLite has one writer at a time.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from core.application.orders.checkout import PlacedOrder
from core.application.payments.chargebacks import ChargebackInput
from core.domain.errors import DomainError
from core.domain.returns import Remedy
from entrepot.assembly.shop import Shop
from ports.errors import Rejected
from ports.payments.gateway import GatewayStatus
from tests.application.test_claims import ROUND
from tests.application.test_claims import place as place_with
from tests.application.test_failed_refunds import MoodyBank, refund_of, send
from tests.application.test_points import a_member_with_points, bought
from tests.application.test_returns import GOODWILL, buy, details, inspected_return
from tests.application.test_returns import ship_and_deliver as ship_and_deliver_all
from tests.bank import BACK, LINE, PARCEL, notification, pay, place
from tests.conftest import ON_POSTGRESQL
from tests.factories import yuan

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True),
]

ORDER = (
    *("orders", "returns", "payments", "refunds", "stock_levels"),
    *("claims", "quota_uses", "quotas"),
    "ledger_accounts",
)
LOCKED = (
    re.compile(r"^UPDATE (\w+) SET"),
    re.compile(r"\bFROM (\w+)\b.*\bFOR UPDATE(?! OF)", re.DOTALL),
    re.compile(r"\bFOR UPDATE OF ([\w, ]+)"),
)

Transactions = dict[int, list[str]]


@pytest.fixture
def locked(shop: Shop) -> Iterator[list[list[str]]]:
    """The tables that each transaction locks, in the order of their first lock."""
    engine = shop.database().writes.sync_engine
    now: Transactions = defaultdict(list)
    ended: list[list[str]] = []

    def record(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        for pattern in LOCKED:
            found = pattern.search(statement)
            for table in found[1].split(", ") if found else ():
                if table in ORDER and table not in now[id(connection)]:
                    now[id(connection)].append(table)

    def end(connection: Any) -> None:
        ended.append(now.pop(id(connection), []))

    event.listen(engine, "before_cursor_execute", record)
    event.listen(engine, "commit", end)
    event.listen(engine, "rollback", end)
    yield ended
    event.remove(engine, "before_cursor_execute", record)
    event.remove(engine, "commit", end)
    event.remove(engine, "rollback", end)


async def buyers_and_staff_act(shop: Shop, bank: MoodyBank) -> None:
    """Use every use case that changes orders, payments, refunds and returns."""
    refund, one = shop.request_refund(), replace(GOODWILL, quantities={LINE: 1})
    placed = await buy(shop, bank, quantity=3)
    await refund(placed.id, one)
    bank.mood = Rejected("no")
    await send(shop)
    failed = await refund_of(shop, placed)
    await shop.retry_refund()(placed.id, failed.reference)
    await send(shop, 1)
    await shop.replace_refund()(placed.id, failed.reference)
    bank.mood = None
    await ship_and_deliver_all(shop, placed)
    for remedy in Remedy:
        await inspected_return(shop, placed, details(remedy))
    to_refund, to_exchange = await shop.order_queries().returns(placed.id)
    await shop.refund_return()(to_refund.id, "staff")
    await send(shop)
    exchange = await shop.order_queries().find(await shop.exchange_return()(to_exchange.id))
    assert exchange is not None
    await shop.cancel_order()(exchange.id, "customer")
    await shop.cancel_order()((await buy(shop, bank, "second")).id, "customer")
    await late_payment(shop, bank)
    await pay_together(shop, bank)
    with pytest.raises(DomainError):
        await shop.ship_order()(placed.id, PARCEL, "staff")


async def pay_together(shop: Shop, bank: MoodyBank) -> None:
    """A purchase whose payment is partly late, partly charged back, and partly refunded."""
    one, two, three = [await place(shop, cart) for cart in ("one", "two", "three")]
    await shop.combine_orders()([three.id, one.id, two.id])
    bank.known = GatewayStatus.PENDING
    await shop.start_payment()(two.id, BACK)
    await shop.cancel_order()(two.id, "customer")
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference, "together"))
    (payment,) = await shop.order_queries().payments(one.id)
    details = ChargebackInput(case="D-1", taken=yuan(1))
    await shop.record_chargeback()(one.id, payment.reference, details)
    await shop.reinstate_chargeback()(one.id, payment.reference, "D-1")
    refund = await shop.request_refund()(one.id, replace(GOODWILL, amount=yuan(1)))
    assert refund is not None
    await send(shop)
    await shop.reverse_refund()(one.id, refund.reference)


async def late_payment(shop: Shop, bank: MoodyBank) -> PlacedOrder:
    placed = await place(shop, "late")
    await shop.start_payment()(placed.id, BACK)
    await shop.cancel_order()(placed.id, "customer")
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference, "late"))
    return placed


async def test_every_transaction_locks_in_one_order(shop: Shop, locked: list[list[str]]) -> None:
    bank = MoodyBank()
    shop.gateways().by_code["bank"] = bank  # type: ignore[index]
    member = await a_member_with_points(shop)
    locked.clear()
    await buyers_and_staff_act(shop, bank)
    claimed = await place_with(shop, replace(ROUND, per_person=9), cart="with a claim")
    await shop.cancel_order()(claimed.id, "customer")
    for key in ("paid with points", "cancelled with points"):
        with_points = await bought(shop, member, 5_000, key=key)
        if key == "paid with points":
            await pay(shop, bank, with_points.id, key)
            one = replace(GOODWILL, quantities={LINE: 1})
            await shop.request_refund()(with_points.id, one)
        else:
            await shop.cancel_order()(with_points.id, "customer")
    assert {table for tables in locked for table in tables} == set(ORDER)
    ranks = [[ORDER.index(table) for table in tables] for tables in locked]
    wrong = [tables for tables, rank in zip(locked, ranks, strict=True) if rank != sorted(rank)]
    assert wrong == []
