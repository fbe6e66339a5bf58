"""The payment port over Alipay's trade API v2."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from urllib.parse import urlencode

import httpx

from entrepot import (
    Ability,
    Acknowledgement,
    AppParameters,
    BadSignature,
    Clock,
    GatewayPayment,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
    NextAction,
    Notification,
    NotReadyYet,
    PaymentReference,
    PurchaseRequest,
    QrCode,
    RawNotification,
    Redirect,
    RefundRequest,
    Scene,
    StatementLine,
    Text,
)
from entrepot.wire import (
    china_time,
    must_match,
    read_genuine,
    reading,
    reading_answer,
    statement_ready_at,
    text_of,
    yuan,
)
from plugins.payment_alipay.answers import (
    Refusal,
    check_payment,
    check_refund,
    error_of,
    payment_of,
    refund_of,
)
from plugins.payment_alipay.bills import lines_of
from plugins.payment_alipay.client import AlipayClient
from plugins.payment_alipay.settings import AlipayAccount
from plugins.payment_alipay.signing import read_notification

PAGES = {
    Scene.WEB: ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
    Scene.MOBILE: ("alipay.trade.wap.pay", "QUICK_WAP_WAY"),
    Scene.APP: ("alipay.trade.app.pay", "QUICK_MSECURITY_PAY"),
}
BILL = "alipay.data.dataservice.bill.downloadurl.query"
NAME = Text({"zh": "支付宝", "en": "Alipay"})


class AlipayGateway:
    scenes = (Scene.WEB, Scene.MOBILE, Scene.QR, Scene.APP)
    abilities = frozenset(Ability) - {Ability.AUTHORIZATIONS}

    def __init__(
        self,
        account: AlipayAccount,
        *,
        now: Clock,
        name: Text = NAME,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.code = account.code
        self.name = name
        self.account = account.app_id
        self.fee_basis_points = account.fee_basis_points
        self._settings = account
        self._now = now
        self._client = AlipayClient(account, now, transport)

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        trade = {
            "out_trade_no": request.reference,
            "total_amount": yuan(request.amount),
            "subject": request.subject[:256],
            "time_expire": china_time(request.expires_at),
        }
        if request.scene is Scene.QR:
            return await self._qr_code(request, trade)
        method, product_code = PAGES[request.scene]
        fields = self._client.fields(
            method,
            {**trade, "product_code": product_code},
            notify_url=request.notify_url,
            return_url=request.return_url,
        )
        if request.scene is Scene.APP:
            return AppParameters({}, urlencode(fields))
        return Redirect(f"{self._settings.url}?{urlencode(fields)}")

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        try:
            with reading():
                answer = await self._client.call(
                    "alipay.trade.query", {"out_trade_no": payment.reference}
                )
        except Refusal as refusal:
            if not refusal.absent:
                raise error_of(refusal) from refusal
            return self._unpaid(payment, GatewayStatus.NOT_FOUND)
        with reading(), reading_answer():
            check_payment(answer, payment)
            return payment_of(answer, self.account)

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        try:
            answer = await self._client.call(
                "alipay.trade.close", {"out_trade_no": payment.reference}
            )
        except Refusal as refusal:
            if refusal.absent:
                return self._unpaid(payment, GatewayStatus.NOT_FOUND)
            return await self.query(payment)
        check_payment({"out_trade_no": payment.reference, **answer}, payment)
        return self._unpaid(payment, GatewayStatus.CLOSED)

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        content = {
            "out_trade_no": request.payment.reference,
            "refund_amount": yuan(request.amount),
            "out_request_no": request.reference,
            "refund_reason": request.reason[:256],
        }
        try:
            answer = await self._client.call("alipay.trade.refund", content)
        except Refusal as refusal:
            raise error_of(refusal) from refusal
        check_refund(answer, request)
        if answer.get("fund_change") == "Y":
            return self._refund(request, GatewayRefundStatus.SUCCEEDED, answer["trade_no"])
        return await self.query_refund(request)

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        content = {
            "out_trade_no": request.payment.reference,
            "out_request_no": request.reference,
        }
        try:
            with reading():
                answer = await self._client.call("alipay.trade.fastpay.refund.query", content)
        except Refusal as refusal:
            if not refusal.absent:
                raise error_of(refusal) from refusal
            return self._refund(request, GatewayRefundStatus.NOT_FOUND)
        if answer.get("refund_status") != "REFUND_SUCCESS":
            return self._refund(request, GatewayRefundStatus.NOT_FOUND)
        with reading():
            check_refund(answer, request)
        return self._refund(request, GatewayRefundStatus.SUCCEEDED, answer["trade_no"])

    async def statement(self, day: date) -> AsyncIterator[StatementLine]:
        """A day without trade has no bill."""
        content = {"bill_type": "trade", "bill_date": day.isoformat()}
        try:
            answer = await self._client.call(BILL, content)
        except Refusal as refusal:
            if not refusal.without_bill:
                raise error_of(refusal) from refusal
            if self._now() < statement_ready_at(day):
                raise NotReadyYet from refusal
            return
        for line in lines_of(await self._client.download(str(answer["bill_download_url"]))):
            yield line

    async def verify(self, raw: RawNotification) -> Notification:
        fields = read_notification(raw.body, self._client.keys(raw.received_at))
        foreign_seller = self._settings.seller_id not in {"", fields.get("seller_id")}
        if fields.get("app_id") != self.account or foreign_seller:
            raise BadSignature
        return read_genuine(raw.body, self.account, lambda: self._notification(fields))

    def _notification(self, fields: Mapping[str, str]) -> Notification:
        """Some notifications have no ``notify_id``: the trade and its state are their key."""
        key = fields.get("notify_id") or f"{fields['trade_no']}-{fields['trade_status']}"
        if fields.get("refund_fee"):
            refund = refund_of(fields, self.account)
            return Notification(key=key, account=self.account, refund=refund)
        payment = payment_of(fields, self.account)
        return Notification(key=key, account=self.account, payment=payment)

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        return Acknowledgement(status=200, body=b"success" if accepted else b"fail")

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _qr_code(self, request: PurchaseRequest, trade: dict[str, str]) -> QrCode:
        content = {**trade, "product_code": "FACE_TO_FACE_PAYMENT"}
        try:
            answer = await self._client.call(
                "alipay.trade.precreate", content, notify_url=request.notify_url
            )
        except Refusal as refusal:
            raise error_of(refusal) from refusal
        must_match(answer, {"out_trade_no": request.reference})
        with reading_answer():
            return QrCode(text_of(answer, "qr_code"), request.expires_at)

    def _unpaid(self, payment: PaymentReference, status: GatewayStatus) -> GatewayPayment:
        return GatewayPayment(reference=payment.reference, status=status, account=self.account)

    def _refund(
        self, request: RefundRequest, status: GatewayRefundStatus, provider_reference: str = ""
    ) -> GatewayRefund:
        return GatewayRefund.of(
            request,
            status,
            account=self.account,
            now=self._now(),
            provider_reference=provider_reference,
        )
