"""Signed calls to Alipay's ``gateway.do``, and the verification of its answers.

Source: Alipay open platform, trade API v2.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from entrepot import Clock, OutcomeUnknown
from entrepot.wire import (
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
    certificates_of,
    root_serial_of,
    serial_of,
    trusted_key,
)
from plugins.payment_alipay.encryption import decrypt, encrypt
from plugins.payment_alipay.settings import AlipayAccount
from plugins.payment_alipay.signing import signed, top_level

DONE, BUSY = "10000", {"10003", "20000"}
UNKNOWN = {"ACQ.SYSTEM_ERROR", "isp.unknow-error"}
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
            self._roots = certificates_of(account.root_certificates)
            self._keys: dict[str, RSAPublicKey] = {
                str(place): public_key(text)
                for place, text in enumerate(account.alipay_public_keys)
            }
            self._keys |= (trusted_key(each, self._roots) for each in account.alipay_certificates)
        except ValueError as error:
            raise unreadable_setting("a key or certificate of Alipay", error) from None

    @property
    def keys(self) -> tuple[RSAPublicKey, ...]:
        """The keys with which Alipay may sign."""
        return tuple(self._keys.values())

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
            OutcomeUnknown: there is no answer, or its signature is not valid.
        """
        fields = self.fields(method, content, **extra)
        body = urlencode({"biz_content": fields.pop("biz_content")})
        request = self._http.build_request(
            "POST", f"{self._account.url}?{urlencode(fields)}", content=body, headers=FORM
        )
        answer = await send_request(self._http, request)
        try:
            node = await self._verified(method, answer.content.decode())
        except (ValueError, KeyError, IndexError) as error:
            raise OutcomeUnknown from error
        code, sub_code = str(node.get("code", "")), str(node.get("sub_code", ""))
        if code == DONE:
            return node
        if code in BUSY or sub_code in UNKNOWN:
            raise OutcomeUnknown
        raise Refusal(code, sub_code)

    async def download(self, url: str) -> bytes:
        return (await send_request(self._http, self._http.build_request("GET", url))).content

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _verified(self, method: str, text: str) -> Any:
        members = top_level(text)
        node, keys = members[node_name(method)], self.keys
        if "alipay_cert_sn" in members:
            serial = str(json.loads(members["alipay_cert_sn"]))
            if serial not in self._keys:
                await self._fetch_certificate(serial)
            keys = (self._keys[serial],)
        if not rsa_verify(keys, node.encode(), str(json.loads(members["sign"]))):
            raise OutcomeUnknown
        content = json.loads(node)
        if isinstance(content, str) and self._account.content_key is not None:
            content = json.loads(decrypt(content, self._account.content_key.get_secret_value()))
        return content

    async def _fetch_certificate(self, serial: str) -> None:
        """Alipay renewed its certificate. The new one is trusted for its chain alone."""
        method = "alipay.open.app.alipaycert.download"
        fields = self.fields(method, {"alipay_cert_sn": serial})
        request = self._http.build_request("POST", self._account.url, data=fields)
        answer = await send_request(self._http, request)
        node = json.loads(top_level(answer.text)[node_name(method)])
        known, key = trusted_key(b64decode(node["alipay_cert_content"]).decode(), self._roots)
        self._keys[known] = key


def node_name(method: str) -> str:
    """The member of an answer that has its content."""
    return f"{method.replace('.', '_')}_response"
