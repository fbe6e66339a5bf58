"""Signed calls to WeChat Pay API v3, and the verification of its answers."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx

from entrepot import BadSignature, Clock, OutcomeUnknown, RawNotification
from entrepot.wire import (
    UNREADABLE,
    http_client,
    private_key,
    rsa_sign,
    send_request,
    unreadable_setting,
)
from plugins.payment_wechat.answers import Refusal
from plugins.payment_wechat.platform import Platform
from plugins.payment_wechat.settings import WechatAccount
from plugins.payment_wechat.signing import authorization, decrypt, pay_signature, request_message

UNKNOWN = {"SYSTEM_ERROR", "BANK_ERROR", "USER_PAYING"}


class WechatClient:
    """Has the keys of one merchant account."""

    def __init__(
        self,
        account: WechatAccount,
        *,
        now: Clock,
        nonce: Callable[[], str],
        transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        self._account = account
        self._now = now
        self._nonce = nonce
        self._http = http_client(transport)
        fetch = self._certificates if account.platform_certificates else None
        try:
            self._key = private_key(account.private_key.get_secret_value())
            self._platform = Platform(account.public_keys, self._apiv3_key, now, fetch)
        except ValueError as error:
            raise unreadable_setting("a key of WeChat Pay", error) from None

    async def call(self, method: str, path: str, content: object = None) -> Any:
        """The content of a verified answer; None if it is empty.

        Raises:
            Refusal: WeChat answers 4xx.
            OutcomeUnknown: there is no answer, or its signature is not valid.
        """
        body = "" if content is None else json.dumps(content, ensure_ascii=False)
        answer = await send_request(self._http, self._request(method, path, body))
        if answer.is_client_error:
            raise _refusal(answer)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        try:
            await self._platform.check(headers, answer.content, self._now())
            result = answer.json() if answer.content else None
        except (BadSignature, *UNREADABLE) as error:
            raise OutcomeUnknown from error
        if answer.status_code == httpx.codes.ACCEPTED:
            raise OutcomeUnknown
        return result

    async def download(self, url: str) -> bytes:
        """A file; its answer is not signed."""
        parts = urlsplit(url)
        request = self._request("GET", f"{parts.path}?{parts.query}", "")
        return (await send_request(self._http, request)).content

    async def check(self, raw: RawNotification) -> None:
        """Raises `BadSignature` unless WeChat signed this notification."""
        await self._platform.check(raw.headers, raw.body, raw.received_at)

    def opened(self, body: bytes) -> tuple[Any, Any]:
        """A notification, and its decrypted resource.

        Raises:
            NotOurs: it is encrypted for another merchant.
            UNREADABLE: one of these.
        """
        content = json.loads(body)
        return content, json.loads(decrypt(content["resource"], self._apiv3_key))

    def page_parameters(self, prepay_id: str) -> dict[str, str]:
        """For the script of a page inside WeChat."""
        stamp, nonce, package = self._stamp(), self._nonce(), f"prepay_id={prepay_id}"
        return {
            "appId": self._account.app_id,
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": pay_signature(self._key, self._account.app_id, stamp, nonce, package),
        }

    def app_parameters(self, prepay_id: str) -> dict[str, str]:
        """For WeChat's SDK in the merchant's app."""
        stamp, nonce = self._stamp(), self._nonce()
        return {
            "appid": self._account.app_id,
            "partnerid": self._account.merchant_id,
            "prepayid": prepay_id,
            "package": "Sign=WXPay",
            "noncestr": nonce,
            "timestamp": stamp,
            "sign": pay_signature(self._key, self._account.app_id, stamp, nonce, prepay_id),
        }

    async def aclose(self) -> None:
        await self._http.aclose()

    @property
    def _apiv3_key(self) -> bytes:
        return self._account.apiv3_key.get_secret_value().encode()

    def _request(self, method: str, path: str, body: str) -> httpx.Request:
        """The bytes that are sent are the bytes that are signed."""
        stamp, nonce = self._stamp(), self._nonce()
        message = request_message(method, path, stamp, nonce, body)
        fields = {
            "mchid": self._account.merchant_id,
            "nonce_str": nonce,
            "timestamp": stamp,
            "serial_no": self._account.serial,
            "signature": rsa_sign(self._key, message.encode()),
        }
        headers = {
            "authorization": authorization(fields),
            "accept": "application/json",
            "content-type": "application/json",
            "user-agent": "entrepot",
        }
        if self._account.public_keys:
            headers["wechatpay-serial"] = next(iter(self._account.public_keys))
        return self._http.build_request(
            method, f"{self._account.url}{path}", content=body.encode(), headers=headers
        )

    async def _certificates(self) -> bytes:
        # Not verified by signature: only WeChat and we have the key that encrypts the content.
        request = self._request("GET", "/v3/certificates", "")
        return (await send_request(self._http, request)).content

    def _stamp(self) -> str:
        return str(int(self._now().timestamp()))


def _refusal(answer: httpx.Response) -> Exception:
    try:
        content = answer.json()
        code, message = str(content["code"]), str(content.get("message", ""))
    except UNREADABLE:
        return OutcomeUnknown()
    return OutcomeUnknown() if code in UNKNOWN else Refusal(code, message)
