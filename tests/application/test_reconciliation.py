"""Reconciliation of statement, ledger and orders."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from adapters.database.tables.orders import orders
from core.application.orders.checkout import PlacedOrder
from core.application.payments.refunds import RefundInput
from core.domain.errors import Invalid
from core.domain.money import Money
from core.domain.payments.reconciliation import DifferenceKind, Report
from core.domain.payments.refund import RefundReason
from entrepot.assembly.shop import Shop
from ports.errors import NotReadyYet
from ports.payments.abilities import Ability
from ports.payments.statements import StatementKind, StatementLine
from tests.application.test_returns import buy
from tests.bank import CHINA, LINE, Bank
from tests.commands import command
from tests.factories import stock_up

pytestmark = pytest.mark.anyio


def today() -> date:
    return datetime.now(CHINA).date()


async def lines_of(shop: Shop, placed: PlacedOrder) -> list[StatementLine]:
    """The correct statement: the payment with a fee of 0.6 %, and the refunds."""
    (payment,) = await shop.order_queries().payments(placed.id)
    assert payment.paid_at is not None
    lines = [
        StatementLine(
            kind=StatementKind.PAYMENT,
            reference=payment.reference,
            provider_reference=payment.provider_reference,
            amount=payment.amount,
            fee=Money((payment.amount.minor * 60 + 5_000) // 10_000, "CNY"),
            at=payment.paid_at,
        )
    ]
    lines += [
        StatementLine(
            kind=StatementKind.REFUND,
            reference=payment.reference,
            refund_reference=refund.reference,
            provider_reference="G",
            amount=refund.amount,
            fee=Money(0, "CNY"),
            at=datetime.now(UTC),
        )
        for refund in await shop.order_queries().refunds(placed.id)
    ]
    return lines


async def a_day(shop: Shop, bank: Bank) -> PlacedOrder:
    """One payment with a partial refund."""
    await stock_up(shop)
    placed = await buy(shop, bank)
    details = RefundInput(reason=RefundReason.GOODWILL, actor="staff", quantities={LINE: 1})
    await shop.request_refund()(placed.id, details)
    await shop.send_refunds()()
    bank.lines = await lines_of(shop, placed)
    return placed


def kinds(report: Report) -> list[DifferenceKind]:
    return [each.kind for each in report.differences]


async def test_a_day_that_matches_has_no_differences(shop: Shop, bank: Bank) -> None:
    await a_day(shop, bank)
    report = await shop.reconcile()("bank", today())
    assert report.differences == ()
    assert (report.lines, report.payments) == (2, bank.lines[0].amount)
    assert report.refunds == bank.lines[1].amount
    assert await shop.reconciliations().report("bank", today()) == report
    assert await shop.reconciliations().reports(9) == (report,)


CHANGES: dict[str, tuple[Any, list[DifferenceKind]]] = {
    "ours only": (lambda lines: lines[1:], [DifferenceKind.ONLY_OURS]),
    "theirs only": (
        lambda lines: [*lines, replace(lines[0], reference="UNKNOWN")],
        [DifferenceKind.ONLY_THEIRS],
    ),
    "amount": (
        lambda lines: [
            replace(lines[0], amount=lines[0].amount + Money(1, "CNY")),
            lines[1],
        ],
        [DifferenceKind.AMOUNT],
    ),
    "fee": (
        lambda lines: [replace(lines[0], fee=Money(9_999, "CNY")), lines[1]],
        [DifferenceKind.FEE],
    ),
    "doubled": (lambda lines: [*lines, lines[0]], [DifferenceKind.DOUBLED]),
    "refund": (
        lambda lines: [lines[0], replace(lines[1], amount=Money(1, "CNY"))],
        [DifferenceKind.AMOUNT],
    ),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
async def test_every_difference_is_found(shop: Shop, bank: Bank, change: str) -> None:
    await a_day(shop, bank)
    change_lines, expected = CHANGES[change]
    bank.lines = change_lines(bank.lines)
    assert kinds(await shop.reconcile()("bank", today())) == expected


async def test_an_odd_reference_in_a_statement_is_reported(shop: Shop, bank: Bank) -> None:
    """PostgreSQL stores no NUL in JSON."""
    await a_day(shop, bank)
    bank.lines = [*bank.lines, replace(bank.lines[0], reference="A\x00")]
    report = await shop.reconcile()("bank", today())
    assert kinds(report) == [DifferenceKind.ONLY_THEIRS]
    assert await shop.reconciliations().report("bank", today()) == report


async def test_a_payment_in_the_statement_of_another_day_is_late(shop: Shop, bank: Bank) -> None:
    await a_day(shop, bank)
    bank.lines[0] = replace(bank.lines[0], at=bank.lines[0].at - timedelta(days=1))
    assert kinds(await shop.reconcile()("bank", today())) == [DifferenceKind.ONLY_OURS]
    yesterday = await shop.reconcile()("bank", today() - timedelta(days=1))
    assert kinds(yesterday) == [DifferenceKind.LATE]


async def test_a_payment_of_an_unpaid_order_is_found(shop: Shop, bank: Bank) -> None:
    """The use cases prevent this state, so the test writes it into the database."""
    await stock_up(shop)
    placed = await buy(shop, bank)
    bank.lines = await lines_of(shop, placed)
    async with shop.database().writes.begin() as connection:
        await connection.execute(update(orders).values(state="placed"))
    report = await shop.reconcile()("bank", today())
    assert kinds(report) == [DifferenceKind.ORDER]
    assert report.differences[0].order_number == placed.number


async def test_a_statement_before_its_publication_is_not_ready(shop: Shop, bank: Bank) -> None:
    with pytest.raises(NotReadyYet):
        await shop.reconcile()("bank", today())
    bank.abilities = frozenset({Ability.CLOSING})
    with pytest.raises(Invalid):
        await shop.reconcile()("bank", today())


async def test_the_exit_code_of_the_command_shows_differences(shop: Shop, bank: Bank) -> None:
    await a_day(shop, bank)
    same = await command(shop, "reconcile", "bank", today().isoformat(), bank=bank)
    assert (same.exit_code, "No differences" in same.output) == (0, True)
    bank.lines = bank.lines[:1]
    differs = await command(shop, "reconcile", "bank", today().isoformat(), "--json", bank=bank)
    assert differs.exit_code == 1
    report = json.loads(differs.output)
    assert [each["kind"] for each in report["differences"]] == ["only_ours"]
    bank.lines = []
    early = await command(shop, "reconcile", "bank", today().isoformat(), bank=bank)
    assert (early.exit_code, "not_ready_yet" in early.output) == (1, True)
    unknown = await command(shop, "reconcile", "unknown", today().isoformat(), bank=bank)
    assert unknown.exit_code == 1
