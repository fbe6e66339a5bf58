"""The payment port over UnionPay's online gateway and QR codes."""

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
    Unavailable,
)
from entrepot.wire import china_time, fen
from plugins.payment_unionpay.answers import (
    ABSENT,
    DONE,
    IN_DOUBT,
    STAMP,
    payment_of,
    raise_refusal,
    refund_of,
    refund_status_of,
)
from plugins.payment_unionpay.client import UnionpayClient
from plugins.payment_unionpay.settings import UnionpayAccount

CHANNELS = {Scene.WEB: "07", Scene.MOBILE: "08", Scene.QR: "08"}
REFUND, REVERSAL = "04", "31"


class UnionpayGateway:
    """One merchant account. A full refund on the day of the payment is a reversal.

    UnionPay settles neither a reversed payment nor its reversal.
    """

    name = Text({"zh": "银联在线支付", "en": "UnionPay"})
    scenes = (Scene.WEB, Scene.MOBILE, Scene.QR)
    abilities = frozenset({Ability.NOTIFICATIONS, Ability.REFUNDS, Ability.PARTIAL_REFUNDS})

    def __init__(
        self,
        account: UnionpayAccount,
        *,
        now: Clock,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.code = account.code
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
            return QrCode(answer["qrCode"], request.expires_at)
        return FormPost(*self._client.page({**fields, "frontUrl": request.return_url}))

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        answer = await self._client.query(payment.reference, china_time(payment.created_at, STAMP))
        if answer["respCode"] == ABSENT:
            return self._unpaid(payment.reference, GatewayStatus.NOT_FOUND)
        if answer["respCode"] not in DONE:
            raise Unavailable
        outcome = answer.get("origRespCode", "")
        if outcome in DONE:
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
        return self._refund(request, GatewayRefundStatus.PENDING, answer.get("queryId", ""))

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        answer = await self._client.query(
            request.reference, china_time(request.requested_at, STAMP)
        )
        if answer["respCode"] == ABSENT:
            return self._refund(request, GatewayRefundStatus.NOT_FOUND)
        if answer["respCode"] not in DONE:
            raise Unavailable
        outcome = answer.get("origRespCode", "")
        number = answer.get("queryId", "")
        return self._refund(request, refund_status_of(outcome), number, outcome)

    async def verify(self, raw: RawNotification) -> Notification:
        fields = self._client.verified(raw.body, raw.received_at)
        if fields.get("merId") != self.account:
            raise BadSignature
        try:
            key = f"{fields['queryId']}-{fields['txnType']}"
            if fields["txnType"] in {REFUND, REVERSAL}:
                refund = refund_of(fields, self.account)
                return Notification(key=key, account=self.account, refund=refund)
            paid = fields["respCode"] in DONE
            payment = (
                payment_of(fields)
                if paid
                else self._unpaid(fields["orderId"], GatewayStatus.PENDING)
            )
            return Notification(key=key, account=self.account, payment=payment)
        except (KeyError, ValueError) as error:
            raise BadSignature from error

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        return Acknowledgement(status=200 if accepted else 500, body=b"ok" if accepted else b"")

    async def aclose(self) -> None:
        await self._client.aclose()

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
