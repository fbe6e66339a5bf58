"""Signed calls to Alipay's ``gateway.do``, and the verification of its answers.

Source: Alipay open platform, trade API v2.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from entrepot import Clock, OutcomeUnknown
from entrepot.wire import (
    UNREADABLE,
    china_time,
    http_client,
    private_key,
    public_key,
    rsa_verify,
    send_request,
    unreadable_setting,
)
from plugins.payment_alipay.answers import Refusal
from plugins.payment_alipay.certificates import (
    AlipayCertificates,
    certificates_of,
    root_serial_of,
    serial_of,
)
from plugins.payment_alipay.encryption import decrypt, encrypt
from plugins.payment_alipay.settings import AlipayAccount
from plugins.payment_alipay.signing import signed, top_level

DONE, BUSY = "10000", {"10003", "20000"}
UNKNOWN = {"ACQ.SYSTEM_ERROR", "isp.unknow-error"}
FAILED_NODE = "error_response"
"""Alipay answers with it if it cannot find out which method was called, or by whom."""
FORM = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}


class AlipayClient:
    """Has the keys of one merchant account, in public-key or certificate mode."""

    def __init__(
        self, account: AlipayAccount, now: Clock, transport: httpx.AsyncBaseTransport | None
    ) -> None:
        self._account = account
        self._now = now
        self._http = http_client(transport)
        try:
            self._key = private_key(account.private_key.get_secret_value())
            self._public_keys = tuple(public_key(text) for text in account.alipay_public_keys)
            self._certificates = AlipayCertificates.of(account)
        except ValueError as error:
            raise unreadable_setting("a key or certificate of Alipay", error) from None

    def keys(self, at: datetime) -> tuple[RSAPublicKey, ...]:
        """The keys with which Alipay may sign at this time."""
        return (*self._public_keys, *self._certificates.keys(at).values())

    def fields(self, method: str, content: Mapping[str, str], **extra: str) -> dict[str, str]:
        """A signed request; ``extra`` are addresses such as ``notify_url``."""
        account = self._account
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        fields = {
            "app_id": account.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": china_time(self._now()),
            "version": "1.0",
            "biz_content": text,
            **extra,
        }
        if account.content_key is not None:
            key = account.content_key.get_secret_value()
            fields |= {"encrypt_type": "AES", "biz_content": encrypt(text, key)}
        if account.app_certificate:
            (own, *_) = certificates_of(account.app_certificate)
            fields |= {
                "app_cert_sn": serial_of(own),
                "alipay_root_cert_sn": root_serial_of(account.root_certificates),
            }
        return signed(fields, self._key)

    async def call(self, method: str, content: Mapping[str, str], **extra: str) -> Any:
        """The signed part of the answer.

        Raises:
            Refusal: Alipay signed a refusal.
            OutcomeUnknown: there is no answer, it cannot be read, or its signature is not valid.
        """
        fields = self.fields(method, content, **extra)
        body = urlencode({"biz_content": fields.pop("biz_content")})
        request = self._http.build_request(
            "POST", f"{self._account.url}?{urlencode(fields)}", content=body, headers=FORM
        )
        answer = await send_request(self._http, request)
        try:
            name, node = await self._verified(method, answer.content.decode())
            code, sub_code = str(node.get("code", "")), str(node.get("sub_code", ""))
        except UNREADABLE as error:
            raise OutcomeUnknown from error
        if code == DONE and name != FAILED_NODE:
            return node
        if code in {DONE, *BUSY} or sub_code in UNKNOWN:
            raise OutcomeUnknown
        raise Refusal(code, sub_code, str(node.get("sub_msg") or node.get("msg", "")))

    async def download(self, url: str) -> bytes:
        return (await send_request(self._http, self._http.build_request("GET", url))).content

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _verified(self, method: str, text: str) -> tuple[str, Any]:
        """The name and the content of the signed part, which may be ``error_response``."""
        members, at = top_level(text), self._now()
        name = node_name(method)
        name = name if name in members else FAILED_NODE
        node, keys = members[name], self.keys(at)
        if "alipay_cert_sn" in members:
            serial = str(json.loads(members["alipay_cert_sn"]))
            if serial not in self._certificates.keys(at):
                await self._fetch_certificate(serial)
            keys = (self._certificates.keys(at)[serial],)
        if not rsa_verify(keys, node.encode(), str(json.loads(members["sign"]))):
            raise OutcomeUnknown
        content = json.loads(node)
        if isinstance(content, str) and self._account.content_key is not None:
            content = json.loads(decrypt(content, self._account.content_key.get_secret_value()))
        return name, content

    async def _fetch_certificate(self, serial: str) -> None:
        """Alipay renewed its certificate. The new one is trusted for its name and its chain."""
        method = "alipay.open.app.alipaycert.download"
        fields = self.fields(method, {"alipay_cert_sn": serial})
        request = self._http.build_request("POST", self._account.url, data=fields)
        answer = await send_request(self._http, request)
        node = json.loads(top_level(answer.text)[node_name(method)])
        self._certificates.add(b64decode(node["alipay_cert_content"]).decode(), self._now())


def node_name(method: str) -> str:
    """The member of an answer that has its content."""
    return f"{method.replace('.', '_')}_response"
