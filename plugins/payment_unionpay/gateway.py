"""What the shop says to UnionPay, and how it reads the answers.

Source: UnionPay ACP, version 5.1.0: online gateway and QR code payments.
"""

from collections.abc import Mapping

import httpx
from cryptography.x509 import load_pem_x509_certificate

from entrepot import (
    Ability,
    Acknowledgement,
    AmountExceeded,
    BadSignature,
    Clock,
    FormPost,
    GatewayPayment,
    GatewayRefund,
    GatewayRefundStatus,
    GatewayStatus,
    Misconfigured,
    Money,
    NextAction,
    Notification,
    OutcomeUnknown,
    PaymentReference,
    PurchaseRequest,
    QrCode,
    RawNotification,
    RefundRequest,
    Rejected,
    Scene,
    Text,
    Unavailable,
)
from entrepot.wire import china, exchange, fen, http_client, of_china, private_key, setting
from plugins.payment_unionpay.chain import Chain
from plugins.payment_unionpay.settings import UnionpayAccount
from plugins.payment_unionpay.signing import METHOD, VERSION, holds, read, signed

FRONT, BACK, QUERY = (
    f"/gateway/api/{name}.do" for name in ("frontTransReq", "backTransReq", "queryTrans")
)
STAMP = "%Y%m%d%H%M%S"
DONE = {"00", "A6"}
IN_DOUBT = {"03", "04", "05"}
ABSENT = "34"
CHANNELS = {Scene.WEB: "07", Scene.MOBILE: "08", Scene.QR: "08"}
ERRORS: dict[str, type[Rejected]] = {
    "11": Misconfigured,
    "13": Misconfigured,
    "36": AmountExceeded,
}


class UnionpayGateway:
    """One merchant account. An order is its number and its time together.

    A whole refund on the day of the payment is a reversal (``31``): UnionPay then settles
    neither of the two.
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
        self._url = account.url
        self._now = now
        self._client = http_client(transport)
        try:
            self._key = private_key(account.private_key.get_secret_value())
            own = load_pem_x509_certificate(account.certificate.encode())
            self._serial = str(own.serial_number)
            self._chain = Chain(
                account.root_certificate, account.middle_certificates, account.signers
            )
        except ValueError as error:
            raise setting("a key or certificate of UnionPay", error) from None

    async def purchase(self, request: PurchaseRequest) -> NextAction:
        by_code = request.scene is Scene.QR
        fields = {
            "txnType": "01",
            "txnSubType": "07" if by_code else "01",
            "bizType": "000000" if by_code else "000201",
            "channelType": CHANNELS[request.scene],
            "orderId": request.reference,
            "txnTime": china(request.created_at, STAMP),
            "txnAmt": str(fen(request.amount)),
            "currencyCode": "156",
            "backUrl": request.notify_url,
            "payTimeout": china(request.expires_at, STAMP),
            "orderDesc": request.subject[:32],
        }
        if by_code:
            said = await self._ask(BACK, fields)
            _refuse(said)
            return QrCode(said["qrCode"], request.expires_at)
        front = self._signed({**fields, "frontUrl": request.return_url})
        return FormPost(f"{self._url}{FRONT}", front)

    async def query(self, payment: PaymentReference) -> GatewayPayment:
        said = await self._query(payment.reference, china(payment.created_at, STAMP))
        if said["respCode"] == ABSENT:
            return self._without(payment.reference, GatewayStatus.NOT_FOUND)
        if said["respCode"] not in DONE:
            raise Unavailable
        outcome = said.get("origRespCode", "")
        if outcome in DONE:
            return self._payment(said)
        pending = outcome in IN_DOUBT
        status = GatewayStatus.PENDING if pending else GatewayStatus.CLOSED
        return self._without(payment.reference, status)

    async def close(self, payment: PaymentReference) -> GatewayPayment:
        return await self.query(payment)

    async def refund(self, request: RefundRequest) -> GatewayRefund:
        whole = request.amount == request.payment.amount
        today = china(request.payment.created_at, "%Y%m%d") == china(self._now(), "%Y%m%d")
        fields = {
            "txnType": "31" if whole and today else "04",
            "txnSubType": "00",
            "bizType": "000201",
            "channelType": "07",
            "orderId": request.reference,
            "txnTime": china(request.requested_at, STAMP),
            "txnAmt": str(fen(request.amount)),
            "origQryId": request.payment.provider_reference,
            "backUrl": request.notify_url,
        }
        said = await self._ask(BACK, fields)
        if said["respCode"] in IN_DOUBT:
            raise OutcomeUnknown
        _refuse(said)
        return self._refund(request, GatewayRefundStatus.PENDING, said.get("queryId", ""))

    async def query_refund(self, request: RefundRequest) -> GatewayRefund:
        said = await self._query(request.reference, china(request.requested_at, STAMP))
        if said["respCode"] == ABSENT:
            return self._refund(request, GatewayRefundStatus.NOT_FOUND)
        if said["respCode"] not in DONE:
            raise Unavailable
        outcome = said.get("origRespCode", "")
        if outcome in DONE:
            status = GatewayRefundStatus.SUCCEEDED
        elif outcome in IN_DOUBT:
            status = GatewayRefundStatus.PENDING
        else:
            status = GatewayRefundStatus.FAILED
        return self._refund(request, status, said.get("queryId", ""), outcome)

    async def verify(self, raw: RawNotification) -> Notification:
        fields = self._believed(raw.body, raw)
        if fields.get("merId") != self.account:
            raise BadSignature
        try:
            key = f"{fields['queryId']}-{fields['txnType']}"
            if fields["txnType"] in {"04", "31"}:
                return Notification(key=key, account=self.account, refund=self._refund_of(fields))
            payment = (
                self._payment(fields)
                if fields["respCode"] in DONE
                else self._without(fields["orderId"], GatewayStatus.PENDING)
            )
            return Notification(key=key, account=self.account, payment=payment)
        except (KeyError, ValueError) as error:
            raise BadSignature from error

    def acknowledge(self, *, accepted: bool) -> Acknowledgement:
        return Acknowledgement(status=200 if accepted else 500, body=b"ok" if accepted else b"")

    async def aclose(self) -> None:
        await self._client.aclose()

    def _signed(self, fields: Mapping[str, str]) -> dict[str, str]:
        common = {
            "version": VERSION,
            "encoding": "UTF-8",
            "signMethod": METHOD,
            "certId": self._serial,
            "accessType": "0",
            "merId": self.account,
        }
        return signed({**common, **fields}, self._key)

    async def _query(self, reference: str, stamp: str) -> dict[str, str]:
        fields = {
            "txnType": "00",
            "txnSubType": "00",
            "bizType": "000000",
            "orderId": reference,
            "txnTime": stamp,
        }
        try:
            return await self._ask(QUERY, fields)
        except OutcomeUnknown as error:
            raise Unavailable from error

    async def _ask(self, path: str, fields: Mapping[str, str]) -> dict[str, str]:
        """Raises `OutcomeUnknown` where there is no answer, or none that can be believed."""
        request = self._client.build_request(
            "POST", f"{self._url}{path}", data=self._signed(fields)
        )
        answer = await exchange(self._client, request)
        raw = RawNotification(headers={}, query={}, body=answer.content, received_at=self._now())
        try:
            said = self._believed(answer.content, raw)
        except BadSignature as error:
            raise OutcomeUnknown from error
        if "respCode" not in said:
            raise OutcomeUnknown
        return said

    def _believed(self, body: bytes, raw: RawNotification) -> dict[str, str]:
        """The fields, once the certificate within was followed to the root, and then used."""
        fields = read(body)
        key = self._chain.key_of(fields.get("signPubKeyCert", ""), raw.received_at)
        if not holds(fields, key):
            raise BadSignature
        return fields

    def _payment(self, said: Mapping[str, str]) -> GatewayPayment:
        return GatewayPayment(
            reference=said["orderId"],
            status=GatewayStatus.PAID,
            account=said["merId"],
            provider_reference=said["queryId"],
            amount=_amount(said),
            paid_at=of_china(said.get("payTime") or said["txnTime"], STAMP),
        )

    def _without(self, reference: str, status: GatewayStatus) -> GatewayPayment:
        return GatewayPayment(reference=reference, status=status, account=self.account)

    def _refund(
        self,
        request: RefundRequest,
        status: GatewayRefundStatus,
        provider_reference: str = "",
        failure: str = "",
    ) -> GatewayRefund:
        done = status is GatewayRefundStatus.SUCCEEDED
        return GatewayRefund(
            reference=request.reference,
            payment_reference=request.payment.reference,
            status=status,
            account=self.account,
            provider_reference=provider_reference,
            amount=request.amount if done else None,
            at=self._now() if done else None,
            failure=failure if status is GatewayRefundStatus.FAILED else "",
        )

    def _refund_of(self, fields: Mapping[str, str]) -> GatewayRefund:
        done = fields["respCode"] in DONE
        return GatewayRefund(
            reference=fields["orderId"],
            payment_reference="",
            status=GatewayRefundStatus.SUCCEEDED if done else GatewayRefundStatus.FAILED,
            account=self.account,
            provider_reference=fields["queryId"],
            amount=_amount(fields) if done else None,
            failure="" if done else fields["respCode"],
        )


def _amount(said: Mapping[str, str]) -> Money:
    if said.get("currencyCode", "156") != "156":
        raise BadSignature
    return Money(int(said["txnAmt"]), "CNY")


def _refuse(said: Mapping[str, str]) -> None:
    code = said["respCode"]
    if code not in DONE:
        raise ERRORS.get(code, Rejected)(f"{code} {said.get('respMsg', '')}".strip())
