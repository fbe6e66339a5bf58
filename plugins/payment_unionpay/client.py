"""Signed calls to UnionPay, and the verification of its answers.

Source: UnionPay ACP, version 5.1.0.
"""

from collections.abc import Mapping
from datetime import datetime

import httpx
from cryptography.x509 import load_pem_x509_certificate

from entrepot import BadSignature, Clock, OutcomeUnknown
from entrepot.wire import (
    http_client,
    private_key,
    read_form,
    reading,
    send_request,
    unreadable_setting,
)
from plugins.payment_unionpay.chain import Chain
from plugins.payment_unionpay.settings import UnionpayAccount
from plugins.payment_unionpay.signing import METHOD, VERSION, signed, verify

PAGE, REQUEST, QUERY = (
    f"/gateway/api/{name}.do" for name in ("frontTransReq", "backTransReq", "queryTrans")
)


class UnionpayClient:
    """Has the key and the certificates of one merchant account."""

    def __init__(
        self, account: UnionpayAccount, now: Clock, transport: httpx.AsyncBaseTransport | None
    ) -> None:
        self._merchant_id = account.merchant_id
        self._url = account.url
        self._now = now
        self._http = http_client(transport)
        try:
            self._key = private_key(account.private_key.get_secret_value())
            own = load_pem_x509_certificate(account.certificate.encode())
            self._serial = str(own.serial_number)
            self._chain = Chain(
                account.root_certificate, account.middle_certificates, account.signers
            )
        except ValueError as error:
            raise unreadable_setting("a key or certificate of UnionPay", error) from None

    def page(self, fields: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """The address of the payment page, and the signed form to post there."""
        return f"{self._url}{PAGE}", self._signed(fields)

    async def call(self, fields: Mapping[str, str]) -> dict[str, str]:
        """Raises `OutcomeUnknown` if there is no answer, or its signature is not valid."""
        return await self._post(REQUEST, fields)

    async def query(self, reference: str, stamp: str) -> dict[str, str]:
        """The state of a transaction, which its number and its time identify together."""
        fields = {
            "txnType": "00",
            "txnSubType": "00",
            "bizType": "000000",
            "orderId": reference,
            "txnTime": stamp,
        }
        with reading():
            return await self._post(QUERY, fields)

    def verified(self, body: bytes, at: datetime) -> dict[str, str]:
        """The fields of a message. The certificate in it must lead to the configured root.

        Raises:
            BadSignature: it does not, or the signature is not valid.
        """
        fields = read_form(body)
        key = self._chain.key_of(fields.get("signPubKeyCert", ""), at)
        if not verify(fields, key):
            raise BadSignature
        return fields

    async def aclose(self) -> None:
        await self._http.aclose()

    def _signed(self, fields: Mapping[str, str]) -> dict[str, str]:
        common = {
            "version": VERSION,
            "encoding": "UTF-8",
            "signMethod": METHOD,
            "certId": self._serial,
            "accessType": "0",
            "merId": self._merchant_id,
        }
        return signed({**common, **fields}, self._key)

    async def _post(self, path: str, fields: Mapping[str, str]) -> dict[str, str]:
        request = self._http.build_request("POST", f"{self._url}{path}", data=self._signed(fields))
        answer = await send_request(self._http, request)
        try:
            result = self.verified(answer.content, self._now())
        except BadSignature as error:
            raise OutcomeUnknown from error
        if "respCode" not in result:
            raise OutcomeUnknown
        return result
