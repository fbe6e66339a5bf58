"""What every payment gateway must do; cases that need an ability run where it is declared.

Give the suite a fixture ``bench`` that has the gateway and its simulator, and all of it runs.
With a fixture ``gateway`` alone, what needs a buyer is skipped.
"""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import pytest

from core.domain.money import Money
from core.domain.text import Text
from entrepot.simulation import Fault
from entrepot.testing.bench import GatewayBench
from ports.errors import (
    AmountExceeded,
    BadSignature,
    NotReadyYet,
    OutcomeUnknown,
    PortError,
    Rejected,
    Unavailable,
)
from ports.payment.abilities import Ability
from ports.payment.authorizations import Authorizations
from ports.payment.gateway import GatewayStatus, PaymentGateway, PaymentReference
from ports.payment.notifications import Notifications, RawNotification
from ports.payment.protocols import PROTOCOLS
from ports.payment.purchase import (
    AppParameters,
    FormPost,
    InAppParameters,
    PurchaseRequest,
    QrCode,
    Redirect,
    Scene,
)
from ports.payment.refunds import GatewayRefundStatus, RefundRequest, Refunds
from ports.payment.statements import StatementKind, Statements

ACTIONS = Redirect | FormPost | QrCode | InAppParameters | AppParameters
GONE = {GatewayStatus.CLOSED, GatewayStatus.NOT_FOUND}
UNPAID = {GatewayStatus.NOT_FOUND, GatewayStatus.PENDING}
UNDERWAY = {GatewayRefundStatus.PENDING, GatewayRefundStatus.SUCCEEDED}
PRICE = Money(1990, "CNY")


class PaymentGatewaySuite:
    """Subclass it with a fixture ``bench``, or with ``gateway``."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def bench(self) -> GatewayBench | None:
        return None

    @pytest.fixture
    def gateway(self, bench: GatewayBench | None) -> PaymentGateway:
        if bench is None:
            raise NotImplementedError("Override the fixture `bench` or `gateway`.")
        return bench.gateway

    @pytest.fixture
    def whole(self, bench: GatewayBench | None) -> GatewayBench:
        if bench is None:
            pytest.skip("needs a fixture `bench`, with the gateway's simulator")
        return bench

    @pytest.fixture
    def purchase(self, bench: GatewayBench | None, gateway: PaymentGateway) -> PurchaseRequest:
        now = bench.clock() if bench else datetime.now().astimezone()
        return PurchaseRequest(
            reference=f"{now:%Y%m%d%H%M%S}01",
            amount=PRICE,
            subject="青瓷茶壶",
            language="zh",
            created_at=now,
            expires_at=now + timedelta(minutes=30),
            notify_url="https://shop.example/notify/kit",
            return_url="https://shop.example/orders/1",
            scene=gateway.scenes[0],
            payer="payer-of-the-kit",
            client_ip="203.0.113.7",
        )

    @pytest.fixture
    def paid(self, purchase: PurchaseRequest) -> PaymentReference:
        """The reference of the purchase, to be paid by `_pay`."""
        return reference_of(purchase)

    async def test_it_says_who_it_is(self, gateway: PaymentGateway) -> None:
        assert isinstance(gateway, PaymentGateway)
        assert gateway.code.isascii()
        assert gateway.code
        assert isinstance(gateway.name, Text)
        assert gateway.account
        assert gateway.scenes
        assert set(gateway.scenes) <= set(Scene)

    async def test_it_implements_what_it_declares(self, gateway: PaymentGateway) -> None:
        for ability in gateway.abilities:
            assert isinstance(gateway, PROTOCOLS[ability]), ability

    async def test_a_purchase_tells_the_buyer_what_to_do_next_in_every_scene(
        self, gateway: PaymentGateway, purchase: PurchaseRequest
    ) -> None:
        for place, scene in enumerate(gateway.scenes):
            other = replace(purchase, reference=f"{purchase.reference}{place}", scene=scene)
            assert isinstance(await gateway.purchase(other), ACTIONS)

    async def test_the_same_purchase_again_is_not_refused(
        self, gateway: PaymentGateway, purchase: PurchaseRequest
    ) -> None:
        first = await gateway.purchase(purchase)
        assert type(await gateway.purchase(purchase)) is type(first)

    async def test_an_unknown_reference_is_not_found_and_no_error(
        self, gateway: PaymentGateway, paid: PaymentReference
    ) -> None:
        known = await gateway.query(replace(paid, reference="20200101000000never1"))
        assert known.status is GatewayStatus.NOT_FOUND
        assert known.amount is None

    async def test_a_purchase_that_nobody_paid_is_not_paid(
        self, gateway: PaymentGateway, purchase: PurchaseRequest
    ) -> None:
        await gateway.purchase(purchase)
        assert (await gateway.query(reference_of(purchase))).status in UNPAID

    async def test_a_closed_purchase_stays_closed(
        self, gateway: PaymentGateway, purchase: PurchaseRequest
    ) -> None:
        await gateway.purchase(purchase)
        meant = reference_of(purchase)
        assert (await gateway.close(meant)).status in GONE | UNPAID
        assert (await gateway.close(meant)).status in GONE | UNPAID
        assert (await gateway.query(meant)).status in GONE | UNPAID

    @pytest.mark.parametrize("body", [b"", b"{}", b"\xff\x00", b'{"trade": {"status": "paid"}}'])
    async def test_a_notification_without_a_signature_is_refused(
        self, gateway: PaymentGateway, purchase: PurchaseRequest, body: bytes
    ) -> None:
        notifying = notifying_of(gateway)
        forged = RawNotification(headers={}, query={}, body=body, received_at=purchase.created_at)
        with pytest.raises(BadSignature):
            await notifying.verify(forged)

    async def test_only_an_accepted_notification_is_acknowledged(
        self, gateway: PaymentGateway
    ) -> None:
        notifying = notifying_of(gateway)
        assert notifying.acknowledge(accepted=True) != notifying.acknowledge(accepted=False)

    # With a buyer

    async def test_a_payment_is_seen_with_its_amount_and_account(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        await self._pay(whole, purchase)
        known = await whole.gateway.query(reference_of(purchase))
        assert known.status is GatewayStatus.PAID
        assert known.reference == purchase.reference
        assert known.amount == purchase.amount
        assert known.account == whole.gateway.account
        assert known.provider_reference
        assert known.paid_at is not None
        assert abs(known.paid_at - whole.clock()) < timedelta(minutes=1)

    async def test_a_payment_is_paid_in_every_scene(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        for place, scene in enumerate(whole.gateway.scenes):
            other = replace(purchase, reference=f"{purchase.reference}{place}", scene=scene)
            await self._pay(whole, other)
            known = await whole.gateway.query(reference_of(other))
            assert known.status is GatewayStatus.PAID, scene

    async def test_another_amount_under_the_same_reference_is_never_paid(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        first = await whole.gateway.purchase(purchase)
        await whole.present(first)
        try:
            other = await whole.gateway.purchase(replace(purchase, amount=Money(1, "CNY")))
            await whole.pay(other, purchase.reference)
        except PortError:
            return
        known = await whole.gateway.query(reference_of(purchase))
        assert known.amount in {None, purchase.amount}

    async def test_a_currency_that_it_cannot_take_is_rejected(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        try:
            action = await whole.gateway.purchase(replace(purchase, amount=Money(1990, "KWD")))
        except Rejected:
            return
        await whole.pay(action, purchase.reference)
        known = await whole.gateway.query(reference_of(purchase))
        assert known.amount in {None, Money(1990, "KWD")}

    async def test_closing_does_not_undo_a_payment(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        await self._pay(whole, purchase)
        assert (await whole.gateway.close(reference_of(purchase))).status is GatewayStatus.PAID

    async def test_a_closed_purchase_cannot_be_paid(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        _able(whole.gateway, Ability.CLOSING)
        action = await whole.gateway.purchase(purchase)
        await whole.present(action)
        meant = reference_of(purchase)
        assert (await whole.gateway.close(meant)).status in GONE
        await whole.pay(action, purchase.reference)
        assert (await whole.gateway.query(meant)).status in GONE

    # What it says by itself

    async def test_a_notification_says_what_a_query_says(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        notifying = notifying_of(whole.gateway)
        await self._pay(whole, purchase)
        said = await notifying.verify(whole.notifications()[-1])
        known = await whole.gateway.query(reference_of(purchase))
        assert said.account == whole.gateway.account
        assert said.payment is not None
        assert said.payment.status is GatewayStatus.PAID
        assert said.payment.amount == known.amount
        assert said.payment.reference == known.reference
        assert said.payment.provider_reference == known.provider_reference

    async def test_a_repeated_notification_has_the_same_key(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        notifying = notifying_of(whole.gateway)
        await self._pay(whole, purchase)
        raw = whole.notifications()[-1]
        assert (await notifying.verify(raw)).key == (await notifying.verify(raw)).key

    async def test_two_payments_notify_under_two_keys(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        notifying = notifying_of(whole.gateway)
        await self._pay(whole, purchase)
        await self._pay(whole, replace(purchase, reference=f"{purchase.reference}2"))
        first, second = whole.notifications()[-2:]
        assert (await notifying.verify(first)).key != (await notifying.verify(second)).key

    async def test_a_changed_notification_is_refused(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        notifying = notifying_of(whole.gateway)
        await self._pay(whole, purchase)
        raw = whole.notifications()[-1]
        await notifying.verify(raw)
        spots = range(0, len(raw.body), max(len(raw.body) // 40, 1))
        for spot in spots:
            changed = bytearray(raw.body)
            changed[spot] = ord("1") if changed[spot] != ord("1") else ord("2")
            await refused_or_same(notifying, raw, replace(raw, body=bytes(changed)))

    async def test_another_signers_notification_is_refused(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        """Each header that carries a signature, with one character changed."""
        notifying = notifying_of(whole.gateway)
        await self._pay(whole, purchase)
        raw = whole.notifications()[-1]
        signed = [name for name in raw.headers if "signature" in name and "type" not in name]
        for name in signed:
            value = raw.headers[name]
            swapped = value[:10] + ("A" if value[10] != "A" else "B") + value[11:]
            with pytest.raises(BadSignature):
                await notifying.verify(replace(raw, headers={**raw.headers, name: swapped}))

    @pytest.mark.parametrize("minutes", [-10, 10, 60 * 24])
    async def test_a_notification_from_another_time_is_refused(
        self, whole: GatewayBench, purchase: PurchaseRequest, minutes: int
    ) -> None:
        notifying = notifying_of(whole.gateway)
        if whole.window is None:
            pytest.skip("this protocol has no time in its signature")
        await self._pay(whole, purchase)
        raw = whole.notifications()[-1]
        with pytest.raises(BadSignature):
            await notifying.verify(whole.later(raw, minutes=minutes))

    # Accidents

    async def test_a_line_that_is_cut_means_that_nothing_happened(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        await whole.gateway.purchase(purchase)
        whole.plug.out = True
        with pytest.raises(Unavailable):
            await whole.gateway.query(reference_of(purchase))
        with pytest.raises(Unavailable):
            await whole.gateway.close(reference_of(purchase))

    async def test_an_answer_with_a_bad_signature_says_nothing(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        await self._pay(whole, purchase)
        whole.arm(Fault.BAD_SIGNATURE)
        with pytest.raises((Unavailable, OutcomeUnknown)):
            await whole.gateway.query(reference_of(purchase))

    async def test_a_failing_gateway_is_not_a_refusal(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        await self._pay(whole, purchase)
        whole.arm(Fault.SERVER_ERROR)
        with pytest.raises((Unavailable, OutcomeUnknown)):
            await whole.gateway.query(reference_of(purchase))

    async def test_a_close_whose_answer_is_lost_is_in_doubt(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        _able(whole.gateway, Ability.CLOSING)
        await whole.present(await whole.gateway.purchase(purchase))
        whole.simulator.cashier.show(purchase.reference)
        whole.arm(Fault.DROP_AFTER_APPLY)
        with pytest.raises(OutcomeUnknown):
            await whole.gateway.close(reference_of(purchase))
        assert (await whole.gateway.query(reference_of(purchase))).status in GONE

    # Giving back

    async def test_a_refund_gives_back_once_a_number(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        refunding = refunding_of(whole.gateway)
        request = await self._refundable(whole, purchase)
        first = await refunding.refund(request)
        assert first.status in UNDERWAY
        assert first.account == whole.gateway.account
        await refunding.refund(request)
        assert whole.given_back(purchase.reference) == request.amount.minor
        assert (await refunding.query_refund(request)).status in UNDERWAY

    async def test_refunds_in_parts_never_exceed_what_was_paid(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        if Ability.PARTIAL_REFUNDS not in whole.gateway.abilities:
            pytest.skip("this gateway gives back everything or nothing")
        refunding = refunding_of(whole.gateway)
        request = await self._refundable(whole, purchase)
        half = replace(request, amount=Money(1000, "CNY"))
        await refunding.refund(half)
        with pytest.raises(AmountExceeded):
            await refunding.refund(replace(half, reference=f"{half.reference}2"))
        rest = replace(half, reference=f"{half.reference}3", amount=Money(990, "CNY"))
        await refunding.refund(rest)
        assert whole.given_back(purchase.reference) == purchase.amount.minor

    async def test_an_unknown_refund_is_not_found_and_no_error(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        refunding = refunding_of(whole.gateway)
        request = await self._refundable(whole, purchase)
        known = await refunding.query_refund(request)
        assert known.status is GatewayRefundStatus.NOT_FOUND

    @pytest.mark.parametrize("fault", [Fault.DROP_AFTER_APPLY, Fault.BAD_SIGNATURE])
    async def test_a_refund_whose_answer_is_lost_is_asked_for_and_not_doubled(
        self, whole: GatewayBench, purchase: PurchaseRequest, fault: Fault
    ) -> None:
        refunding = refunding_of(whole.gateway)
        request = await self._refundable(whole, purchase)
        whole.arm(fault)
        with pytest.raises(OutcomeUnknown):
            await refunding.refund(request)
        assert (await refunding.query_refund(request)).status in UNDERWAY
        await refunding.refund(request)
        assert whole.given_back(purchase.reference) == request.amount.minor

    async def test_a_refund_that_never_arrived_can_be_sent_again(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        refunding = refunding_of(whole.gateway)
        request = await self._refundable(whole, purchase)
        whole.plug.out = True
        with pytest.raises(Unavailable):
            await refunding.refund(request)
        whole.plug.out = False
        assert whole.given_back(purchase.reference) == 0
        assert (await refunding.refund(request)).status in UNDERWAY

    # Holding

    async def test_held_money_is_captured_in_parts_and_no_more(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        holding = holding_of(whole.gateway)
        await whole.pay(await holding.authorize(purchase), purchase.reference)
        meant = reference_of(purchase)
        held = await whole.gateway.query(meant)
        assert (held.status, held.amount) == (GatewayStatus.AUTHORIZED, purchase.amount)
        some = await holding.capture(meant, Money(1000, "CNY"), "capture-1")
        assert (some.status, some.amount) == (GatewayStatus.PAID, Money(1000, "CNY"))
        again = await holding.capture(meant, Money(1000, "CNY"), "capture-1")
        assert again.amount == Money(1000, "CNY")
        with pytest.raises(AmountExceeded):
            await holding.capture(meant, Money(1000, "CNY"), "capture-2")

    async def test_held_money_can_be_let_go_and_then_not_taken(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        holding = holding_of(whole.gateway)
        await whole.pay(await holding.authorize(purchase), purchase.reference)
        meant = reference_of(purchase)
        assert (await holding.void(meant, "void-1")).status is GatewayStatus.CLOSED
        with pytest.raises(Rejected):
            await holding.capture(meant, Money(1, "CNY"), "capture-1")

    # Accounts

    async def test_a_statement_has_every_movement_of_its_day(
        self, whole: GatewayBench, purchase: PurchaseRequest
    ) -> None:
        accounting = accounting_of(whole.gateway)
        request = await self._refundable(whole, purchase)
        if isinstance(whole.gateway, Refunds):
            await whole.gateway.refund(request)
            await whole.simulator.settle_refund(request.reference)
        day = whole.clock().astimezone(CHINA).date()
        with pytest.raises(NotReadyYet):
            _ = [line async for line in accounting.statement(day)]
        whole.clock.advance(days=1, hours=6)
        lines = [line async for line in accounting.statement(day)]
        payment = next(line for line in lines if line.kind is StatementKind.PAYMENT)
        assert payment.reference == purchase.reference
        assert payment.amount == purchase.amount
        assert payment.fee.minor >= 0
        assert payment.provider_reference
        if isinstance(whole.gateway, Refunds):
            refund = next(line for line in lines if line.kind is StatementKind.REFUND)
            assert refund.refund_reference == request.reference
            assert refund.amount == request.amount

    # Silence

    async def test_no_secret_is_logged_or_shown(
        self,
        whole: GatewayBench,
        purchase: PurchaseRequest,
        caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        caplog.set_level(logging.DEBUG)
        await self._pay(whole, purchase)
        shown = [repr(whole.gateway), str(vars(whole.gateway))]
        whole.arm(Fault.BAD_SIGNATURE)
        try:
            await whole.gateway.query(reference_of(purchase))
        except PortError as error:
            shown.append(f"{error!r} {error.__cause__!r}")
        printed = capsys.readouterr()
        everything = "\n".join([caplog.text, printed.out, printed.err, *shown])
        assert whole.secrets
        for secret in whole.secrets:
            assert secret not in everything

    async def _pay(self, bench: GatewayBench, purchase: PurchaseRequest) -> None:
        await bench.pay(await bench.gateway.purchase(purchase), purchase.reference)

    async def _refundable(self, bench: GatewayBench, purchase: PurchaseRequest) -> RefundRequest:
        await self._pay(bench, purchase)
        known = await bench.gateway.query(reference_of(purchase))
        return RefundRequest(
            payment=replace(reference_of(purchase), provider_reference=known.provider_reference),
            reference=f"9{purchase.reference}",
            amount=purchase.amount,
            requested_at=bench.clock(),
            notify_url=purchase.notify_url,
            reason="returned",
        )


CHINA = datetime.fromisoformat("2026-01-01T00:00:00+08:00").tzinfo


def reference_of(purchase: PurchaseRequest) -> PaymentReference:
    return PaymentReference(
        reference=purchase.reference, amount=purchase.amount, created_at=purchase.created_at
    )


async def refused_or_same(
    notifying: Notifications, raw: RawNotification, changed: RawNotification
) -> None:
    """A change that a decoder does not see is no change; any other is refused."""
    try:
        said = await notifying.verify(changed)
    except BadSignature:
        return
    assert said == await notifying.verify(raw)


def notifying_of(gateway: PaymentGateway) -> Notifications:
    return cast("Notifications", _able(gateway, Ability.NOTIFICATIONS))


def refunding_of(gateway: PaymentGateway) -> Refunds:
    return cast("Refunds", _able(gateway, Ability.REFUNDS))


def holding_of(gateway: PaymentGateway) -> Authorizations:
    return cast("Authorizations", _able(gateway, Ability.AUTHORIZATIONS))


def accounting_of(gateway: PaymentGateway) -> Statements:
    return cast("Statements", _able(gateway, Ability.STATEMENTS))


def _able(gateway: PaymentGateway, ability: Ability) -> object:
    if ability not in gateway.abilities:
        pytest.skip(f"this gateway has no {ability}")
    return gateway
