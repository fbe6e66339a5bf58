"""A gateway notifies of refunds: what fits is applied once, what does not is quarantined."""

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
from tests.bank import SMALL, Bank, notification
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
async def known(shop: Shop, bank: Bank, notifying: NotifyingBank) -> GatewayRefund:
    """A refund that was sent and whose outcome is open."""
    await stock_up(shop)
    shop.gateways().by_code["bank"] = bank  # type: ignore[index]
    placed = await buy(shop, bank)
    await shop.request_refund()(placed.id, replace(GOODWILL, quantities={SMALL: 1}))
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


async def notified(shop: Shop, bank: NotifyingBank, said: GatewayRefund | None) -> Outcome:
    bank.notified = said
    key = "" if said is None else repr(said)
    heard = await shop.receive_notification()("bank", notification("any", key))
    assert heard.answer.status == (200 if heard.outcome in {"applied", "repeated"} else 400)
    return heard.outcome


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
async def test_a_refund_that_does_not_fit_is_quarantined(
    shop: Shop, notifying: NotifyingBank, known: GatewayRefund, changes: dict[str, object]
) -> None:
    wrong = replace(known, **changes)  # type: ignore[arg-type]
    assert await notified(shop, notifying, wrong) is Outcome.QUARANTINED
    assert await notified(shop, notifying, wrong) is Outcome.QUARANTINED
    assert await state_of(shop, known.reference) is not RefundState.SUCCEEDED


async def test_a_refund_that_succeeded_is_applied_once(
    shop: Shop, notifying: NotifyingBank, known: GatewayRefund
) -> None:
    assert await notified(shop, notifying, known) is Outcome.APPLIED
    assert await notified(shop, notifying, known) is Outcome.REPEATED
    again = replace(known, provider_reference="in other words")
    assert await notified(shop, notifying, again) is Outcome.APPLIED
    assert await state_of(shop, known.reference) is RefundState.SUCCEEDED


async def test_a_refund_that_failed_can_be_asked_for_again(
    shop: Shop, notifying: NotifyingBank, known: GatewayRefund
) -> None:
    pending = replace(known, status=GatewayRefundStatus.PENDING)
    assert await notified(shop, notifying, pending) is Outcome.APPLIED
    assert await state_of(shop, known.reference) is not RefundState.FAILED
    failed = replace(known, status=GatewayRefundStatus.FAILED, failure="account closed")
    assert await notified(shop, notifying, failed) is Outcome.APPLIED
    assert await state_of(shop, known.reference) is RefundState.FAILED


async def test_what_is_not_the_gateways_is_refused(
    shop: Shop, notifying: NotifyingBank, known: GatewayRefund
) -> None:
    assert await notified(shop, notifying, None) is Outcome.REFUSED
    assert await state_of(shop, known.reference) is not RefundState.SUCCEEDED
    with pytest.raises(NotFound):
        await shop.receive_notification()("nobody", notification("any"))
