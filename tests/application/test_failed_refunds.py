"""Refunds that fail, are blocked or succeed late: the shop says what the money did."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from adapters.database.tables.events import outbox
from core.application.orders.checkout import PlacedOrder
from core.application.payments.notifications import Outcome
from core.domain.errors import IllegalTransition, NotFound, RefundTooLarge
from core.domain.orders.states import OrderStage
from core.domain.payments.ledger import Balances, EntryKind
from core.domain.payments.refund import Refund, RefundState
from core.domain.returns import ReturnState
from entrepot.assembly.shop import Shop
from ports.errors import FundsMissing, Misconfigured, PortError, Rejected, Unavailable
from ports.payments.gateway import GatewayStatus
from ports.payments.notifications import Notification, RawNotification
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus, RefundRequest
from tests.application.test_returns import GOODWILL, buy, details, inspected_return
from tests.application.test_returns import ship_and_deliver as ship_and_deliver_all
from tests.bank import LINE, Bank, notification, state_of
from tests.factories import stock_up, yuan
from tests.invariants import violations

pytestmark = pytest.mark.anyio

ONE = replace(GOODWILL, quantities={LINE: 1})


class MoodyBank(Bank):
    """``mood`` is what it answers to a refund: a status, or an error; None means success.

    ``notified`` is the refund in the next notification.
    """

    def __init__(self) -> None:
        super().__init__()
        self.mood: GatewayRefundStatus | PortError | None = None
        self.sent: list[str] = []
        self.notified: GatewayRefund | None = None

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        self.sent.append(request.reference)
        if isinstance(self.mood, PortError):
            raise self.mood
        if self.mood is None:
            return await super().refund(request)
        return GatewayRefund.of(
            request, self.mood, account=self.account, now=datetime.now(UTC), failure="no card"
        )

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        if request.reference in self.given_back:
            return await super().query_refund(request)
        if isinstance(self.mood, Misconfigured | Unavailable):
            raise self.mood
        if isinstance(self.mood, GatewayRefundStatus):
            status = self.mood
        else:
            status = GatewayRefundStatus.NOT_FOUND
        return GatewayRefund.of(
            request, status, account=self.account, now=datetime.now(UTC), failure="no card"
        )

    async def verify(self, raw: RawNotification) -> Notification:
        if self.notified is None:
            return await super().verify(raw)
        return Notification(key=raw.body.decode(), account=self.account, refund=self.notified)


@pytest.fixture
async def moody(shop: Shop) -> MoodyBank:
    bank = MoodyBank()
    shop.gateways().by_code["bank"] = bank  # type: ignore[index]
    await stock_up(shop)
    return bank


async def send(shop: Shop, hours: float = 0) -> None:
    at = datetime.now(UTC) + timedelta(hours=hours)
    await replace(shop.send_refunds(), now=lambda: at)()


async def refund_of(shop: Shop, placed: PlacedOrder) -> Refund:
    (refund,) = await shop.order_queries().refunds(placed.id)
    return refund


async def sums_of(shop: Shop, placed: PlacedOrder) -> Balances:
    (ledger,) = await shop.order_queries().ledgers(placed.id)
    return ledger.sums


async def kinds_of(shop: Shop, refund: Refund) -> list[EntryKind]:
    async with shop.units()() as unit:
        return [each.kind for each in await unit.payments.entries(refund.payment_id)]


async def events_of(shop: Shop, kind: str) -> int:
    async with shop.database().reads.connect() as connection:
        statement = select(func.count()).select_from(outbox).where(outbox.c.kind == kind)
        return int(await connection.scalar(statement) or 0)


async def notified(shop: Shop, bank: MoodyBank, refund: Refund, **changes: Any) -> Outcome:
    bank.notified = GatewayRefund(
        **{
            "reference": refund.reference,
            "payment_reference": bank.asked[-1].reference,
            "status": GatewayRefundStatus.SUCCEEDED,
            "account": bank.account,
            "amount": refund.amount,
            **changes,
        }
    )
    result = await shop.receive_notification()("bank", notification("any", repr(bank.notified)))
    bank.notified = None
    return result.outcome


async def returned(shop: Shop, bank: MoodyBank) -> PlacedOrder:
    """A return whose refund is requested, and not sent yet."""
    placed = await buy(shop, bank)
    await ship_and_deliver_all(shop, placed)
    return_ = await inspected_return(shop, placed, details())
    await shop.refund_return()(return_.id, "staff")
    return placed


async def return_state(shop: Shop, placed: PlacedOrder) -> ReturnState:
    (stored,) = await shop.order_queries().returns(placed.id)
    return stored.state


async def test_a_return_is_refunded_when_its_refund_has_succeeded(
    shop: Shop, moody: MoodyBank
) -> None:
    placed = await returned(shop, moody)
    assert await return_state(shop, placed) is ReturnState.REFUND_PENDING
    moody.mood = GatewayRefundStatus.PENDING
    await send(shop)
    assert await return_state(shop, placed) is ReturnState.REFUND_PENDING
    refund = await refund_of(shop, placed)
    assert await notified(shop, moody, refund) is Outcome.APPLIED
    assert await return_state(shop, placed) is ReturnState.REFUNDED
    assert await violations(shop.database()) == []


async def test_a_failed_refund_of_a_return_is_shown_and_retried_with_its_reference(
    shop: Shop, moody: MoodyBank
) -> None:
    placed = await returned(shop, moody)
    moody.mood = Rejected("the card is closed")
    await send(shop)
    failed = await refund_of(shop, placed)
    assert (failed.state, failed.failure) == (RefundState.FAILED, "the card is closed")
    assert await return_state(shop, placed) is ReturnState.REFUND_PENDING
    ((shown, number),) = await shop.order_queries().refunds_to_check(datetime.now(UTC), 10)
    assert (shown.reference, number) == (failed.reference, placed.number)
    moody.mood = None
    await shop.retry_refund()(placed.id, failed.reference)
    await send(shop)
    refund = await refund_of(shop, placed)
    assert (refund.state, refund.reference) == (RefundState.SUCCEEDED, failed.reference)
    assert moody.sent == [failed.reference, failed.reference]
    assert await return_state(shop, placed) is ReturnState.REFUNDED
    assert await shop.order_queries().refunds_to_check(datetime.now(UTC), 10) == ()
    assert await violations(shop.database()) == []


async def test_a_retry_sends_a_refund_that_the_gateway_knows_as_failed(
    shop: Shop, moody: MoodyBank
) -> None:
    placed = await buy(shop, moody)
    moody.mood = GatewayRefundStatus.FAILED
    await shop.request_refund()(placed.id, ONE)
    await send(shop)
    await send(shop, 1)
    assert len(moody.sent) == 1
    for tries in (2, 3):
        refund = await refund_of(shop, placed)
        await shop.retry_refund()(placed.id, refund.reference)
        await send(shop, tries)
        assert len(moody.sent) == tries
        assert (await refund_of(shop, placed)).state is RefundState.FAILED
    with pytest.raises(NotFound):
        await shop.retry_refund()(placed.id, "another")
    assert await violations(shop.database()) == []


async def test_a_failed_refund_keeps_its_money_and_its_units(shop: Shop, moody: MoodyBank) -> None:
    placed = await buy(shop, moody)
    moody.mood = Rejected("the trade is finished")
    await shop.request_refund()(placed.id, replace(GOODWILL, quantities={LINE: 2}))
    await send(shop)
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    sums = await sums_of(shop, placed)
    assert (sums.failed, sums.pending, sums.refunded) == (yuan(336), yuan(0), yuan(0))
    with pytest.raises(RefundTooLarge):
        await shop.request_refund()(placed.id, replace(GOODWILL, quantities={LINE: 2}))
    assert await violations(shop.database()) == []


async def test_a_wrong_setting_blocks_a_refund_until_it_is_right(
    shop: Shop, moody: MoodyBank
) -> None:
    placed = await buy(shop, moody)
    moody.mood = Misconfigured("NO_AUTH")
    await shop.request_refund()(placed.id, ONE)
    for hours in (0, 10, 20):
        await send(shop, hours)
    refund = await refund_of(shop, placed)
    assert (refund.state, refund.failure) == (RefundState.BLOCKED, "NO_AUTH")
    assert await events_of(shop, "RefundBlocked") == 1
    assert len(await shop.order_queries().refunds_to_check(datetime.now(UTC), 10)) == 1
    moody.mood = None
    await send(shop, 40)
    refund = await refund_of(shop, placed)
    assert (refund.state, refund.failure) == (RefundState.SUCCEEDED, "")
    assert await violations(shop.database()) == []


async def test_a_missing_balance_or_gateway_blocks_a_refund(shop: Shop, moody: MoodyBank) -> None:
    placed = await buy(shop, moody)
    moody.mood = FundsMissing()
    await shop.request_refund()(placed.id, ONE)
    await send(shop)
    assert (await refund_of(shop, placed)).failure == "funds_missing"
    del shop.gateways().by_code["bank"]  # type: ignore[attr-defined]
    await send(shop, 10)
    refund = await refund_of(shop, placed)
    assert (refund.state, refund.failure) == (
        RefundState.BLOCKED,
        "the gateway “bank” is not in the settings",
    )
    shop.gateways().by_code["bank"] = moody  # type: ignore[index]
    moody.mood = GatewayRefundStatus.PENDING
    await send(shop, 20)
    assert (await refund_of(shop, placed)).state is RefundState.PENDING


async def test_an_answer_that_does_not_match_blocks_a_refund(
    shop: Shop, moody: MoodyBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = await buy(shop, moody)
    await shop.request_refund()(placed.id, ONE)
    monkeypatch.setattr(moody, "account", "another")
    await send(shop)
    refund = await refund_of(shop, placed)
    assert refund.state is RefundState.BLOCKED
    assert "another account" in refund.failure


async def test_an_abnormal_refund_is_queried_until_it_succeeds(
    shop: Shop, moody: MoodyBank
) -> None:
    placed = await buy(shop, moody)
    moody.mood = GatewayRefundStatus.ABNORMAL
    await shop.request_refund()(placed.id, ONE)
    await send(shop)
    refund = await refund_of(shop, placed)
    assert (refund.state, refund.failure) == (RefundState.BLOCKED, "no card")
    moody.given_back[refund.reference] = refund.amount
    await send(shop, 10)
    assert (await refund_of(shop, placed)).state is RefundState.SUCCEEDED
    assert len(moody.sent) == 1
    old = await notified(
        shop, moody, refund, status=GatewayRefundStatus.ABNORMAL, amount=None, failure="no card"
    )
    assert old is Outcome.APPLIED
    assert (await refund_of(shop, placed)).state is RefundState.SUCCEEDED


async def test_a_success_after_the_failure_is_booked(shop: Shop, moody: MoodyBank) -> None:
    placed = await returned(shop, moody)
    moody.mood = Rejected("bank error")
    await send(shop)
    refund = await refund_of(shop, placed)
    assert await notified(shop, moody, refund) is Outcome.APPLIED
    assert (await refund_of(shop, placed)).state is RefundState.SUCCEEDED
    assert await return_state(shop, placed) is ReturnState.REFUNDED
    assert (await kinds_of(shop, refund))[-4:] == [
        EntryKind.REFUND_REQUESTED,
        EntryKind.REFUND_FAILED,
        EntryKind.REFUND_REOPENED,
        EntryKind.REFUND_SUCCEEDED,
    ]
    sums = await sums_of(shop, placed)
    assert (sums.refunded, sums.failed, sums.pending) == (yuan(168), yuan(0), yuan(0))
    assert await violations(shop.database()) == []


async def test_a_failure_after_the_success_is_quarantined(shop: Shop, moody: MoodyBank) -> None:
    placed = await buy(shop, moody)
    await shop.request_refund()(placed.id, ONE)
    await send(shop)
    failed = {"status": GatewayRefundStatus.FAILED, "amount": None}
    refund = await refund_of(shop, placed)
    assert await notified(shop, moody, refund, **failed) is Outcome.QUARANTINED
    assert (await refund_of(shop, placed)).state is RefundState.SUCCEEDED


async def test_money_that_staff_returned_in_another_way_is_not_returned_again(
    shop: Shop, moody: MoodyBank
) -> None:
    placed = await returned(shop, moody)
    moody.mood = Rejected("the card is closed")
    await send(shop)
    refund = await refund_of(shop, placed)
    await shop.replace_refund()(placed.id, refund.reference)
    assert (await refund_of(shop, placed)).state is RefundState.REPLACED
    assert await return_state(shop, placed) is ReturnState.REFUNDED
    (payment,) = await shop.order_queries().payments(placed.id)
    assert payment.state == "partly_refunded"
    sums = await sums_of(shop, placed)
    assert (sums.refunded, sums.failed, sums.pending) == (yuan(168), yuan(0), yuan(0))
    assert await violations(shop.database()) == []
    with pytest.raises(IllegalTransition):
        await shop.retry_refund()(placed.id, refund.reference)
    assert await notified(shop, moody, refund) is Outcome.QUARANTINED
    assert (await refund_of(shop, placed)).state is RefundState.REPLACED


async def test_the_gateway_is_asked_before_the_money_is_returned_in_another_way(
    shop: Shop, moody: MoodyBank
) -> None:
    placed = await buy(shop, moody)
    await shop.request_refund()(placed.id, ONE)
    refund = await refund_of(shop, placed)
    with pytest.raises(IllegalTransition):
        await shop.replace_refund()(placed.id, refund.reference)
    moody.mood = Rejected("busy")
    await send(shop)
    moody.mood = Unavailable()
    with pytest.raises(Unavailable):
        await shop.replace_refund()(placed.id, refund.reference)
    moody.mood = GatewayRefundStatus.PENDING
    with pytest.raises(IllegalTransition):
        await shop.replace_refund()(placed.id, refund.reference)
    assert (await refund_of(shop, placed)).state is RefundState.PENDING
    moody.mood = Rejected("busy")
    moody.given_back[refund.reference] = refund.amount
    await notified(shop, moody, refund, status=GatewayRefundStatus.FAILED, amount=None)
    with pytest.raises(IllegalTransition):
        await shop.replace_refund()(placed.id, refund.reference)
    assert (await refund_of(shop, placed)).state is RefundState.SUCCEEDED
    assert await violations(shop.database()) == []


async def test_a_refund_without_valid_settings_can_be_replaced(
    shop: Shop, moody: MoodyBank
) -> None:
    placed = await buy(shop, moody)
    moody.mood = Misconfigured("NO_AUTH")
    await shop.request_refund()(placed.id, ONE)
    await send(shop)
    refund = await refund_of(shop, placed)
    await shop.replace_refund()(placed.id, refund.reference)
    assert (await refund_of(shop, placed)).state is RefundState.REPLACED
    assert moody.known is GatewayStatus.PENDING
    assert await violations(shop.database()) == []


async def test_a_refund_that_is_open_for_long_is_shown(shop: Shop, moody: MoodyBank) -> None:
    placed = await buy(shop, moody)
    moody.mood = Unavailable()
    await shop.request_refund()(placed.id, ONE)
    await send(shop)
    queries, now = shop.order_queries(), datetime.now(UTC)
    assert await queries.refunds_to_check(now, 10) == ()
    assert len(await queries.refunds_to_check(now + timedelta(days=1, minutes=1), 10)) == 1
