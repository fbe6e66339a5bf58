"""The payment port over UnionPay's online gateway and QR codes."""

from collections.abc import Mapping
from datetime import datetime

import httpx

from entrepot import (
    Ability,
    Acknowledgement,
    BadSignature,
    Clock,
    FormPost,
    GatewayPayment,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
    NextAction,
    Notification,
    OutcomeUnknown,
    PaymentReference,
    PurchaseRequest,
    QrCode,
    RawNotification,
    RefundRequest,
    Scene,
    Text,
)
from entrepot.wire import china_time, fen, must_match, read_genuine, reading, reading_answer
from plugins.payment_unionpay.answers import (
    ABSENT,
    DONE,
    IN_DOUBT,
    STAMP,
    check_amount,
    failure_of,
    outcome_of,
    payment_of,
    raise_refusal,
    refund_of,
    refund_status_of,
)
from plugins.payment_unionpay.client import UnionpayClient
from plugins.payment_unionpay.settings import UnionpayAccount

CHANNELS = {Scene.WEB: "07", Scene.MOBILE: "08", Scene.QR: "08"}
REFUND, REVERSAL = "04", "31"
ECHOED_OF_PURCHASE = ("txnType", "orderId", "txnTime", "txnAmt")
ECHOED = (*ECHOED_OF_PURCHASE, "origQryId")
"""An answer repeats these fields of the request."""
NAME = Text({"zh": "银联在线支付", "en": "UnionPay"})


class UnionpayGateway:
    """One merchant account. A full refund on the day of the payment is a reversal.

    UnionPay settles neither a reversed payment nor its reversal.
    """

    scenes = (Scene.WEB, Scene.MOBILE, Scene.QR)
    abilities = frozenset({Ability.NOTIFICATIONS, Ability.REFUNDS, Ability.PARTIAL_REFUNDS})

    def __init__(
        self,
        account: UnionpayAccount,
        *,
        now: Clock,
        name: Text = NAME,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.code = account.code
        self.name = name
        self.account = account.merchant_id
        self._now = now
        self._client = UnionpayClient(account, now, transport)

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        by_code = request.scene is Scene.QR
        fields = {
            "txnType": "01",
            "txnSubType": "07" if by_code else "01",
            "bizType": "000000" if by_code else "000201",
            "channelType": CHANNELS[request.scene],
            "orderId": request.reference,
            "txnTime": china_time(request.created_at, STAMP),
            "txnAmt": str(fen(request.amount)),
            "currencyCode": "156",
            "backUrl": request.notify_url,
            "payTimeout": china_time(request.expires_at, STAMP),
            "orderDesc": request.subject[:32],
        }
        if by_code:
            answer = await self._client.call(fields)
            raise_refusal(answer)
            must_match({**fields, **answer}, {name: fields[name] for name in ECHOED_OF_PURCHASE})
            with reading_answer():
                return QrCode(answer["qrCode"], request.expires_at)
        return FormPost(*self._client.page({**fields, "frontUrl": request.return_url}))

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        answer, asked = await self._query(payment.reference, payment.created_at)
        if answer["respCode"] == ABSENT:
            return self._unpaid(payment.reference, GatewayStatus.NOT_FOUND)
        with reading(), reading_answer():
            outcome = outcome_of(answer, asked)
            if outcome in DONE:
                must_match(answer, {"queryId": payment.provider_reference})
                return payment_of(answer)
        status = GatewayStatus.PENDING if outcome in IN_DOUBT else GatewayStatus.CLOSED
        return self._unpaid(payment.reference, status)

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        return await self.query(payment)

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        fields = {
            "txnType": self._refund_type(request),
            "txnSubType": "00",
            "bizType": "000201",
            "channelType": "07",
            "orderId": request.reference,
            "txnTime": china_time(request.requested_at, STAMP),
            "txnAmt": str(fen(request.amount)),
            "origQryId": request.payment.provider_reference,
            "backUrl": request.notify_url,
        }
        answer = await self._client.call(fields)
        if answer["respCode"] in IN_DOUBT:
            raise OutcomeUnknown
        raise_refusal(answer)
        must_match({**fields, **answer}, {name: fields[name] for name in ECHOED})
        return self._refund(request, GatewayRefundStatus.PENDING, answer.get("queryId", ""))

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        answer, asked = await self._query(request.reference, request.requested_at)
        if answer["respCode"] == ABSENT:
            return self._refund(request, GatewayRefundStatus.NOT_FOUND)
        with reading():
            outcome = outcome_of(answer, asked)
            if outcome in DONE:
                check_amount(answer, request.amount)
        number, status = answer.get("queryId", ""), refund_status_of(outcome)
        return self._refund(request, status, number, failure_of(outcome))

    async def verify(self, raw: RawNotification) -> Notification:
        fields = self._client.verified(raw.body, raw.received_at)
        if fields.get("merId") != self.account:
            raise BadSignature
        return read_genuine(raw.body, self.account, lambda: self._notification(fields))

    def _notification(self, fields: Mapping[str, str]) -> Notification:
        """UnionPay can notify about one ``queryId`` several times, with other outcomes."""
        key = f"{fields['queryId']}-{fields['txnType']}-{fields['respCode']}"
        if fields["txnType"] in {REFUND, REVERSAL}:
            refund = refund_of(fields, self.account)
            return Notification(key=key, account=self.account, refund=refund)
        paid = fields["respCode"] in DONE
        payment = (
            payment_of(fields) if paid else self._unpaid(fields["orderId"], GatewayStatus.PENDING)
        )
        return Notification(key=key, account=self.account, payment=payment)

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        return Acknowledgement(status=200 if accepted else 500, body=b"ok" if accepted else b"")

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _query(
        self, reference: str, created_at: datetime
    ) -> tuple[dict[str, str], dict[str, str]]:
        """The answer, and what it must be about."""
        stamp = china_time(created_at, STAMP)
        asked = {"orderId": reference, "txnTime": stamp, "merId": self.account}
        return await self._client.query(reference, stamp), asked

    def _refund_type(self, request: RefundRequest) -> str:
        full = request.amount == request.payment.amount
        days = {china_time(at, "%Y%m%d") for at in (request.payment.created_at, self._now())}
        return REVERSAL if full and len(days) == 1 else REFUND

    def _unpaid(self, reference: str, status: GatewayStatus) -> GatewayPayment:
        return GatewayPayment(reference=reference, status=status, account=self.account)

    def _refund(
        self,
        request: RefundRequest,
        status: GatewayRefundStatus,
        provider_reference: str = "",
        failure: str = "",
    ) -> GatewayRefund:
        return GatewayRefund.of(
            request,
            status,
            account=self.account,
            now=self._now(),
            provider_reference=provider_reference,
            failure=failure,
        )
