"""Chargebacks, their reinstatement, and refunds whose money comes back."""

from dataclasses import replace

import pytest
from sqlalchemy import bindparam, select, update

from adapters.database.payments import payments as payment_statements
from adapters.database.tables.events import outbox
from adapters.database.tables.payments import payment_entries
from adapters.database.tables.payments import payments as payments_table
from core.application.orders.checkout import PlacedOrder
from core.application.payments.chargebacks import ChargebackInput
from core.application.payments.references import refund_request
from core.domain.errors import AlreadyExists, IllegalTransition, Invalid, NotFound, RefundTooLarge
from core.domain.money import Money
from core.domain.payments.balances import Cover
from core.domain.payments.payment import Payment, PaymentState
from core.domain.payments.refund import RefundState
from entrepot.assembly.shop import Shop
from tests.application.test_guards import Guards, bought, bought_by_another, concurrently
from tests.application.test_order_money import money_of
from tests.application.test_refunds import payment_of
from tests.application.test_returns import GOODWILL, buy
from tests.bank import BACK, Bank, notification, place
from tests.conftest import ON_POSTGRESQL
from tests.factories import stock_up, yuan
from tests.invariants import violations

pytestmark = pytest.mark.anyio

TOTAL = yuan(336)
PART = replace(GOODWILL, amount=yuan(100))


async def charge_back(shop: Shop, placed: PlacedOrder, taken: Money, case: str = "D-1") -> Payment:
    payment = await payment_of(shop, placed)
    details = ChargebackInput(case=case, taken=taken)
    await shop.record_chargeback()(placed.id, payment.reference, details)
    return payment


async def kinds(shop: Shop) -> list[str]:
    async with shop.database().reads.connect() as connection:
        return list(await connection.scalars(select(outbox.c.kind).order_by(outbox.c.id)))


async def test_what_the_bank_took_is_outstanding_and_cannot_be_refunded(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await charge_back(shop, placed, yuan(300))
    money = await money_of(shop, placed)
    assert (money.balances.charged, money.outstanding) == (yuan(36), yuan(300))
    assert money.charge_status is Cover.PARTIAL
    with pytest.raises(RefundTooLarge) as refused:
        await shop.request_refund()(placed.id, PART)
    assert refused.value.left == yuan(36)
    assert (await kinds(shop))[-1] == "PaymentChargedBack"
    assert await violations(shop.database()) == []


async def test_a_case_is_recorded_once(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    for _ in range(2):
        await charge_back(shop, placed, yuan(300))
    assert (await money_of(shop, placed)).outstanding == yuan(300)
    assert (await kinds(shop)).count("PaymentChargedBack") == 1
    with pytest.raises(AlreadyExists):
        await charge_back(shop, placed, yuan(1))


async def test_the_bank_takes_no_more_than_is_left(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    await shop.request_refund()(placed.id, PART)
    for taken in (yuan(237), TOTAL):
        with pytest.raises(Invalid, match="Only 236"):
            await charge_back(shop, placed, taken)
    await charge_back(shop, placed, yuan(200))
    with pytest.raises(Invalid, match="Only 36"):
        await charge_back(shop, placed, yuan(37), "D-2")
    await charge_back(shop, placed, yuan(36), "D-2")
    for wrong in ("", "D 1", "D.1", "x" * 65):
        with pytest.raises(Invalid, match="letters"):
            await charge_back(shop, placed, yuan(1), wrong)
    with pytest.raises(Invalid, match="above zero"):
        await charge_back(shop, placed, yuan(0), "D-3")
    assert await violations(shop.database()) == []


async def test_a_chargeback_is_reinstated_once(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    payment = await charge_back(shop, placed, yuan(300))
    for _ in range(2):
        await shop.reinstate_chargeback()(placed.id, payment.reference, "D-1")
    money = await money_of(shop, placed)
    assert (money.balances.charged, money.charge_status) == (TOTAL, Cover.FULL)
    assert (await kinds(shop)).count("ChargebackReinstated") == 1
    with pytest.raises(NotFound):
        await shop.reinstate_chargeback()(placed.id, payment.reference, "D-2")
    await shop.request_refund()(placed.id, replace(GOODWILL, amount=TOTAL))
    assert await violations(shop.database()) == []


async def test_only_captured_money_of_the_order_is_charged_back(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    paid = await buy(shop, bank)
    open_order = await place(shop, "open")
    await shop.start_payment()(open_order.id, BACK)
    with pytest.raises(IllegalTransition):
        await charge_back(shop, open_order, yuan(1))
    details = ChargebackInput(case="D-1", taken=yuan(1))
    foreign = (await payment_of(shop, paid)).reference
    with pytest.raises(NotFound):
        await shop.record_chargeback()(open_order.id, foreign, details)
    with pytest.raises(NotFound):
        await shop.record_chargeback()(paid.id, "unknown", details)


async def test_a_refund_that_came_back_can_be_made_again(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    refund = await shop.request_refund()(placed.id, replace(GOODWILL, amount=TOTAL))
    assert refund is not None
    with pytest.raises(IllegalTransition):
        await shop.reverse_refund()(placed.id, refund.reference)
    await shop.send_refunds()()
    assert (await payment_of(shop, placed)).state is PaymentState.REFUNDED
    await shop.reverse_refund()(placed.id, refund.reference)
    with pytest.raises(IllegalTransition):
        await shop.reverse_refund()(placed.id, refund.reference)
    payment, money = await payment_of(shop, placed), await money_of(shop, placed)
    assert payment.state is PaymentState.PAID
    # The order was cancelled with its refund, so the buyer is owed all of it.
    assert (money.balances.refunded, money.balances.charged) == (yuan(0), TOTAL)
    assert (money.outstanding, money.charge_status) == (yuan(0) - TOTAL, Cover.OVERCHARGED)
    assert (await kinds(shop))[-1] == "RefundReversed"
    await shop.request_refund()(placed.id, PART)
    await shop.send_refunds()()
    first, second = await shop.order_queries().refunds(placed.id)
    assert (first.state, second.state) == (RefundState.REVERSED, RefundState.SUCCEEDED)
    assert (await payment_of(shop, placed)).state is PaymentState.PARTLY_REFUNDED
    assert await violations(shop.database()) == []


async def test_what_the_gateway_repeats_about_a_refund_that_came_back_changes_nothing(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await buy(shop, bank)
    refund = await shop.request_refund()(placed.id, PART)
    assert refund is not None
    await shop.send_refunds()()
    request = refund_request(refund, await payment_of(shop, placed), "")
    reported = await bank.query_refund(request)
    await shop.reverse_refund()(placed.id, refund.reference)
    assert not await shop.record_outcome().refund(reported, "bank")
    assert await violations(shop.database()) == []


@pytest.fixture
def guards(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Guards:
    guards = Guards(shop, monkeypatch)
    guards.commit_together()
    return guards


on_postgresql = pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True)


@on_postgresql
@pytest.mark.own_database
async def test_refunds_and_chargebacks_at_once_never_exceed_the_paid_amount(
    shop: Shop, bank: Bank, guards: Guards
) -> None:
    await stock_up(shop)

    async def race(placed: PlacedOrder) -> int:
        third = Money((await payment_of(shop, placed)).amount.minor // 3, "CNY")

        async def act(number: int) -> None:
            if number % 2:
                await charge_back(shop, placed, third, f"D-{number}")
            else:
                await shop.request_refund()(placed.id, replace(GOODWILL, amount=third))

        return await concurrently(act)

    placed = await bought(shop, bank)
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    guards.unlock()
    guards.ignore_versions()
    assert await race(placed) == 3
    assert await violations(shop.database()) == []

    again = await bought_by_another(shop, bank)
    taken = payments_table.c.charged_back_minor + bindparam("amount")
    guards.loosen(
        "CHARGE_BACK",
        update(payments_table)
        .where(payments_table.c.id == bindparam("of_payment"))
        .values(charged_back_minor=taken),
        payment_statements,
    )
    await guards.drop(payments_table, "ck_payments_refund")
    assert await race(again) > 3
    assert any("refunded of" in each for each in await violations(shop.database()))


@on_postgresql
@pytest.mark.own_database
async def test_one_case_is_taken_once(shop: Shop, bank: Bank, guards: Guards) -> None:
    await stock_up(shop)
    placed = await bought(shop, bank)
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference))
    guards.unlock()
    guards.ignore_versions()

    async def race(case: str) -> Money:
        before = (await money_of(shop, placed)).outstanding
        await concurrently(lambda _: charge_back(shop, placed, yuan(1), case))
        return (await money_of(shop, placed)).outstanding - before

    assert await race("D-1") == yuan(1)
    await guards.drop(payment_entries, "uq_payment_entries_payment_id_kind_key")
    assert await race("D-2") > yuan(1)
