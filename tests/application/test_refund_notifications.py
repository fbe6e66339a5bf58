"""Refund notifications: a matching one is applied once, another one is quarantined."""

from dataclasses import replace

import pytest

from core.application.payments.notifications import Outcome
from core.domain.errors import NotFound
from core.domain.payments.refund import RefundState
from entrepot.assembly.shop import Shop
from ports.errors import BadSignature
from ports.payments.notifications import Notification, RawNotification
from ports.payments.refunds import GatewayRefund, GatewayRefundStatus
from tests.application.test_returns import GOODWILL, buy
from tests.bank import LINE, Bank, notification
from tests.factories import stock_up, yuan

pytestmark = pytest.mark.anyio


class NotifyingBank(Bank):
    """``notified`` is the refund in the next notification, None for a forged one."""

    notified: GatewayRefund | None = None

    async def verify(self, raw: RawNotification) -> Notification:
        if self.notified is None:
            raise BadSignature
        return Notification(key=raw.body.decode(), account=self.account, refund=self.notified)


@pytest.fixture
def notifying(shop: Shop) -> NotifyingBank:
    bank = NotifyingBank()
    shop.gateways().by_code["bank"] = bank  # type: ignore[index]
    return bank


@pytest.fixture
async def reported(shop: Shop, bank: Bank, notifying: NotifyingBank) -> GatewayRefund:
    """The report of success for a refund that is pending here."""
    await stock_up(shop)
    shop.gateways().by_code["bank"] = bank  # type: ignore[index]
    placed = await buy(shop, bank)
    await shop.request_refund()(placed.id, replace(GOODWILL, quantities={LINE: 1}))
    bank.down = True
    await shop.send_refunds()()
    shop.gateways().by_code["bank"] = notifying  # type: ignore[index]
    (reference,) = bank.given_back
    return GatewayRefund(
        reference=reference,
        payment_reference=bank.asked[-1].reference,
        status=GatewayRefundStatus.SUCCEEDED,
        account=bank.account,
        amount=bank.given_back[reference],
    )


async def notified(shop: Shop, bank: NotifyingBank, refund: GatewayRefund | None) -> Outcome:
    bank.notified = refund
    key = "" if refund is None else repr(refund)
    result = await shop.receive_notification()("bank", notification("any", key))
    assert result.answer.status == (200 if result.outcome in {"applied", "repeated"} else 400)
    return result.outcome


async def state_of(shop: Shop, reference: str) -> RefundState:
    async with shop.units()() as unit:
        refund = await unit.refunds.find_for_update(reference)
    assert refund is not None
    return refund.state


@pytest.mark.parametrize(
    "changes",
    [
        {"account": "another"},
        {"payment_reference": "another"},
        {"amount": yuan(1)},
        {"reference": "another"},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_a_refund_that_does_not_match_is_quarantined(
    shop: Shop, notifying: NotifyingBank, reported: GatewayRefund, changes: dict[str, object]
) -> None:
    wrong = replace(reported, **changes)  # type: ignore[arg-type]
    assert await notified(shop, notifying, wrong) is Outcome.QUARANTINED
    assert await notified(shop, notifying, wrong) is Outcome.QUARANTINED
    assert await state_of(shop, reported.reference) is not RefundState.SUCCEEDED


async def test_a_refund_that_succeeded_is_applied_once(
    shop: Shop, notifying: NotifyingBank, reported: GatewayRefund
) -> None:
    assert await notified(shop, notifying, reported) is Outcome.APPLIED
    assert await notified(shop, notifying, reported) is Outcome.REPEATED
    again = replace(reported, provider_reference="in other words")
    assert await notified(shop, notifying, again) is Outcome.APPLIED
    assert await state_of(shop, reported.reference) is RefundState.SUCCEEDED


async def test_a_failed_refund_is_applied(
    shop: Shop, notifying: NotifyingBank, reported: GatewayRefund
) -> None:
    pending = replace(reported, status=GatewayRefundStatus.PENDING)
    assert await notified(shop, notifying, pending) is Outcome.APPLIED
    assert await state_of(shop, reported.reference) is not RefundState.FAILED
    failed = replace(reported, status=GatewayRefundStatus.FAILED, failure="account closed")
    assert await notified(shop, notifying, failed) is Outcome.APPLIED
    assert await state_of(shop, reported.reference) is RefundState.FAILED


async def test_a_forged_notification_is_refused(
    shop: Shop, notifying: NotifyingBank, reported: GatewayRefund
) -> None:
    assert await notified(shop, notifying, None) is Outcome.REFUSED
    assert await state_of(shop, reported.reference) is not RefundState.SUCCEEDED
    with pytest.raises(NotFound):
        await shop.receive_notification()("unknown", notification("any"))
