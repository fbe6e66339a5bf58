"""What a gateway says and the shop cannot use: it is kept by name, and blocks nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.application.orders.checkout import PlacedOrder
from core.application.payments.attempts import SILENCE
from core.application.payments.notifications import Outcome
from core.domain.money import Money
from core.domain.orders.states import OrderStage
from core.domain.payments.refund import RefundReason
from entrepot.assembly.shop import Shop
from ports.errors import Unavailable
from ports.payments.gateway import GatewayPayment, GatewayStatus, PaymentReference
from ports.payments.inbox import InboxEntry
from ports.payments.notifications import Notification, RawNotification
from ports.payments.refunds import GatewayRefund, RefundRequest
from tests.bank import BACK, CART, Bank, available, notification, place, state_of
from tests.factories import stock_up, yuan
from tests.invariants import violations

pytestmark = pytest.mark.anyio

LATER = timedelta(hours=1)


class OddBank(Bank):
    """``change`` is applied to each notification, the others to each answer."""

    change: Callable[[Notification], Notification] = staticmethod(lambda each: each)
    answer: Callable[[GatewayPayment], GatewayPayment] = staticmethod(lambda each: each)

    refund_answer: Callable[[GatewayRefund], GatewayRefund] = staticmethod(lambda each: each)

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        return self.refund_answer(await super().query_refund(request))

    async def verify(self, raw: RawNotification) -> Notification:
        return self.change(await super().verify(raw))

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        return self.answer(await super().query(payment))

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        return self.answer(await super().close(payment))


@pytest.fixture
def odd(shop: Shop) -> OddBank:
    bank = OddBank()
    shop.gateways().by_code["bank"] = bank  # type: ignore[index]
    return bank


async def begun(shop: Shop, bank: Bank, cart: str = CART) -> PlacedOrder:
    """An order with an open payment."""
    bank.known = GatewayStatus.PENDING
    placed = await place(shop, cart)
    await shop.start_payment()(placed.id, BACK)
    return placed


async def quarantined(shop: Shop) -> tuple[InboxEntry, ...]:
    return await shop.order_queries().quarantined(9)


async def alarms(shop: Shop) -> int:
    events = await shop.outbox().claim(datetime.now(UTC) + timedelta(seconds=1), 99)
    return [type(each.event).__name__ for each in events].count("NotificationQuarantined")


async def expire(shop: Shop, after: timedelta = timedelta()) -> int:
    def later() -> datetime:
        return datetime.now(UTC) + LATER + after

    job = shop.expire_orders()
    close = job.cancel.close_payments
    close = replace(close, close_payment=replace(close.close_payment, now=later))
    return await replace(job, now=later, cancel=replace(job.cancel, close_payments=close))()


def payment(**changes: Any) -> Callable[[Notification], Notification]:
    def change(genuine: Notification) -> Notification:
        assert genuine.payment is not None
        return replace(genuine, payment=replace(genuine.payment, **changes))

    return change


ODD: dict[str, Callable[[Notification], Notification]] = {
    "NUL in the trade number": payment(provider_reference="B\x00"),
    "NUL in the reference": payment(reference="\x00"),
    "half a character": payment(provider_reference="\ud800"),
    "no text": payment(provider_reference=7),
    "no reference": payment(reference=None),
    "a list": payment(reference=["1"]),
    "too long": payment(provider_reference="9" * 10_000),
    "another account": payment(account="them"),
    "no amount": payment(amount=None),
    "another currency": payment(amount=Money(16800, "USD")),
    "a time without a zone": payment(paid_at=datetime(2026, 11, 25)),  # noqa: DTZ001
    "a time at the edge": payment(paid_at=datetime.min.replace(tzinfo=UTC)),
    "unreadable": lambda each: replace(each, payment=None, problem="\x00 cannot be read"),
}


@pytest.mark.parametrize("case", ODD)
async def test_a_genuine_but_odd_notification_is_kept(shop: Shop, odd: OddBank, case: str) -> None:
    await stock_up(shop)
    placed = await begun(shop, odd)
    odd.known, odd.change = GatewayStatus.PAID, ODD[case]
    raw = notification(odd.asked[0].reference)
    for _ in range(2):
        result = await shop.receive_notification()("bank", raw)
        assert (result.outcome, result.answer.status) == (Outcome.QUARANTINED, 400)
    (entry,) = await quarantined(shop)
    assert entry.gateway == "bank"
    assert entry.reason.isprintable()
    assert entry.reason
    assert await alarms(shop) == 1
    assert await state_of(shop, placed) is OrderStage.PLACED
    odd.change = OddBank.change
    await shop.receive_notification()("bank", raw)
    assert await state_of(shop, placed) is OrderStage.PAID
    assert await violations(shop.database()) == []


@pytest.mark.parametrize("key", [None, 7, "", "\x00", "k" * 10_000, {"a": 1}])
async def test_an_odd_key_is_a_key(shop: Shop, odd: OddBank, key: Any) -> None:
    await stock_up(shop)
    placed = await begun(shop, odd)
    odd.known, odd.change = GatewayStatus.PAID, lambda each: replace(each, key=key)
    raw = notification(odd.asked[0].reference)
    results = [await shop.receive_notification()("bank", raw) for _ in range(2)]
    assert [each.outcome for each in results] == [Outcome.APPLIED, Outcome.REPEATED]
    assert await state_of(shop, placed) is OrderStage.PAID


async def test_one_trade_number_pays_one_order(shop: Shop, odd: OddBank) -> None:
    await stock_up(shop)
    first, second = await begun(shop, odd, "one"), await begun(shop, odd, "two")
    odd.known, odd.change = GatewayStatus.PAID, payment(provider_reference="T1")
    outcomes = [
        (await shop.receive_notification()("bank", notification(each.reference, key))).outcome
        for key, each in zip(("n1", "n2"), odd.asked, strict=True)
    ]
    assert outcomes == [Outcome.APPLIED, Outcome.QUARANTINED]
    assert await state_of(shop, first) is OrderStage.PAID
    assert await state_of(shop, second) is OrderStage.PLACED
    (entry,) = await quarantined(shop)
    assert entry.reason.startswith("already_exists")
    assert await violations(shop.database()) == []


async def test_a_second_trade_number_of_a_paid_payment_is_kept(shop: Shop, odd: OddBank) -> None:
    await stock_up(shop)
    await begun(shop, odd)
    odd.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(odd.asked[0].reference))
    odd.change = payment(provider_reference="T2")
    result = await shop.receive_notification()("bank", notification(odd.asked[0].reference, "n2"))
    assert result.outcome is Outcome.QUARANTINED
    (entry,) = await quarantined(shop)
    assert "another trade number" in entry.reason


async def test_closed_after_paid_is_kept(shop: Shop, odd: OddBank) -> None:
    await stock_up(shop)
    placed = await begun(shop, odd)
    odd.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(odd.asked[0].reference))
    odd.known = GatewayStatus.CLOSED
    result = await shop.receive_notification()("bank", notification(odd.asked[0].reference, "n2"))
    assert result.outcome is Outcome.QUARANTINED
    assert await state_of(shop, placed) is OrderStage.PAID


async def test_another_status_under_the_same_key_is_another_notification(
    shop: Shop, bank: Bank
) -> None:
    """UnionPay says 05 and then 00 under one ``queryId``."""
    await stock_up(shop)
    placed = await begun(shop, bank)
    raw = notification(bank.asked[0].reference)
    outcomes = [(await shop.receive_notification()("bank", raw)).outcome]
    bank.known = GatewayStatus.PAID
    outcomes += [(await shop.receive_notification()("bank", raw)).outcome for _ in range(2)]
    assert outcomes == [Outcome.APPLIED, Outcome.APPLIED, Outcome.REPEATED]
    assert await state_of(shop, placed) is OrderStage.PAID


async def test_copies_of_an_odd_notification_raise_one_alarm(shop: Shop, odd: OddBank) -> None:
    await stock_up(shop)
    await begun(shop, odd)
    odd.known, odd.change = GatewayStatus.PAID, payment(provider_reference="\x00")
    raw = notification(odd.asked[0].reference)
    await asyncio.gather(*(shop.receive_notification()("bank", raw) for _ in range(6)))
    assert len(await quarantined(shop)) == 1
    assert await alarms(shop) == 1


# Answers to queries


ANSWERS: dict[str, dict[str, Any]] = {
    "another amount": {"amount": yuan(1)},
    "another currency": {"amount": Money(16800, "USD")},
    "no amount": {"amount": None},
    "another account": {"account": "them"},
    "another payment": {"reference": "A9"},
    "NUL": {"provider_reference": "\x00"},
}


@pytest.mark.parametrize("case", ANSWERS)
async def test_an_answer_that_does_not_fit_is_kept_and_the_order_expires(
    shop: Shop, odd: OddBank, case: str
) -> None:
    await stock_up(shop)
    placed = await begun(shop, odd)
    odd.known, odd.answer = GatewayStatus.PAID, lambda each: replace(each, **ANSWERS[case])
    for _ in range(2):
        (open_payment,) = await shop.order_queries().payments(placed.id)
        await shop.check_payments().check(open_payment)
    (entry,) = await quarantined(shop)
    assert (entry.gateway, entry.account) == ("bank", "us")
    assert await alarms(shop) == 1
    assert await state_of(shop, placed) is OrderStage.PLACED
    assert await expire(shop) == 1
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert await available(shop) == 10
    assert len(await quarantined(shop)) == 1
    assert await violations(shop.database()) == []


@pytest.mark.parametrize("change", [{"amount": yuan(1)}, {"reference": "F9"}, {"account": "them"}])
async def test_an_answer_about_a_refund_that_does_not_fit_is_kept(
    shop: Shop, odd: OddBank, change: dict[str, Any]
) -> None:
    await stock_up(shop)
    placed = await begun(shop, odd)
    odd.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(odd.asked[0].reference))
    await shop.cancel_order()(placed.id, "staff")
    odd.refund_answer = lambda each: replace(each, **change)
    await shop.send_refunds()()
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert refund.is_open
    assert len(await quarantined(shop)) == 1
    odd.refund_answer = OddBank.refund_answer
    await shop.send_refunds().send(refund.reference)
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert refund.state == "succeeded"


async def test_the_buyer_can_cancel_an_order_whose_payment_does_not_fit(
    shop: Shop, odd: OddBank
) -> None:
    await stock_up(shop)
    placed = await begun(shop, odd)
    odd.known, odd.amount = GatewayStatus.PAID, yuan(1)
    await shop.cancel_order()(placed.id, "customer")
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert len(await quarantined(shop)) == 1


async def test_the_right_amount_that_comes_after_all_goes_back(shop: Shop, odd: OddBank) -> None:
    await stock_up(shop)
    placed = await begun(shop, odd)
    right = odd.amount
    odd.known, odd.amount = GatewayStatus.PAID, yuan(1)
    assert await expire(shop) == 1
    await place(shop, "another buyer", quantity=10)
    odd.amount = right
    await shop.receive_notification()("bank", notification(odd.asked[0].reference))
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert (refund.reason, refund.amount) == (RefundReason.PAID_TOO_LATE, right)


async def test_a_gateway_that_does_not_answer_is_not_a_paid_order(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await begun(shop, bank)
    bank.down = True
    with pytest.raises(Unavailable):
        await shop.cancel_order()(placed.id, "customer")
    assert await state_of(shop, placed) is OrderStage.PLACED


@pytest.mark.parametrize("silent", ["down", "pending for ever"])
async def test_an_order_expires_a_day_after_the_last_usable_answer(
    shop: Shop, odd: OddBank, silent: str
) -> None:
    await stock_up(shop)
    placed = await begun(shop, odd)
    odd.down = silent == "down"
    odd.answer = lambda each: replace(each, status=GatewayStatus.PENDING)
    assert await expire(shop) == 0
    assert await expire(shop, SILENCE) == 1
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert [each.reason for each in await quarantined(shop)] == ["no usable answer"]
    assert await alarms(shop) == 1
    odd.down, odd.known = False, GatewayStatus.PAID
    await place(shop, "another buyer", quantity=10)
    await shop.receive_notification()("bank", notification(odd.asked[0].reference))
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert refund.reason is RefundReason.PAID_TOO_LATE


# A gateway that left the settings


async def test_an_order_expires_without_its_gateway(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await begun(shop, bank)
    del shop.gateways().by_code["bank"]  # type: ignore[attr-defined]
    assert await expire(shop) == 1
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert [each.state for each in await shop.order_queries().payments(placed.id)] == ["closed"]
    assert await available(shop) == 10


async def test_a_refund_says_which_gateway_is_missing(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await begun(shop, bank)
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[0].reference))
    await shop.cancel_order()(placed.id, "staff")
    left = shop.gateways().by_code.pop("bank")  # type: ignore[attr-defined]
    await shop.send_refunds()()
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert (refund.is_open, "bank" in refund.failure) == (True, True)
    shop.gateways().by_code["bank"] = left  # type: ignore[index]
    await shop.send_refunds().send(refund.reference)
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert (refund.state, refund.failure) == ("succeeded", "")
