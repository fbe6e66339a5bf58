"""The keys with which WeChat Pay signs: public keys, certificates, or both."""

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, NameOID, load_pem_x509_certificate

from entrepot import BadSignature, Clock, PortError
from entrepot.wire import UNREADABLE, public_key, rsa_verify, valid_at
from plugins.payment_wechat.signing import SCHEME, WINDOW_SECONDS, answer_message, decrypt

REFRESH_AFTER = timedelta(hours=11)
FETCH_AGAIN_AFTER = timedelta(minutes=1)
"""Limits the calls that forged headers with unknown serials can cause."""

MERCHANTS = "微信商户系统"
"""The organisation in the certificates of merchants."""

Fetch = Callable[[], Awaitable[bytes]]
"""The raw answer of ``GET /v3/certificates``."""


class Platform:
    """Keys by serial. Certificates are fetched if they are old, or if a serial is unknown."""

    def __init__(
        self, public_keys: Mapping[str, str], apiv3_key: bytes, now: Clock, fetch: Fetch | None
    ) -> None:
        self._keys: dict[str, RSAPublicKey] = {
            serial: public_key(text) for serial, text in public_keys.items()
        }
        self._certificates: dict[str, Certificate] = {}
        self._apiv3_key = apiv3_key
        self._now = now
        self._fetch = fetch
        self._fetched_at: datetime | None = None

    async def check(self, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
        """Raises `BadSignature` unless WeChat Pay signed this, within five minutes of ``at``."""
        stamp = headers.get("wechatpay-timestamp", "")
        kind = headers.get("wechatpay-signature-type", SCHEME)
        if kind != SCHEME or not stamp.isdecimal() or len(stamp) > 12:  # noqa: PLR2004
            raise BadSignature
        if abs(at.timestamp() - int(stamp)) >= WINDOW_SECONDS:
            raise BadSignature
        key = await self._key(headers.get("wechatpay-serial", ""))
        message = answer_message(stamp, headers.get("wechatpay-nonce", ""), body)
        if not rsa_verify([key], message, headers.get("wechatpay-signature", "")):
            raise BadSignature

    def load_certificates(self, answer: bytes) -> None:
        """Read the answer of ``GET /v3/certificates``. Raises one of `UNREADABLE`.

        WeChat's authority certifies merchants, too: their certificates are not accepted.
        """
        for each in json.loads(answer)["data"]:
            pem = decrypt(each["encrypt_certificate"], self._apiv3_key)
            certificate = load_pem_x509_certificate(pem.encode())
            key, serial = certificate.public_key(), f"{certificate.serial_number:X}"
            named = each.get("serial_no", serial).lstrip("0").upper() == serial
            if named and isinstance(key, RSAPublicKey) and not _is_a_merchants(certificate):
                self._keys[serial] = key
                self._certificates[serial] = certificate
        self._fetched_at = self._now()

    async def _key(self, serial: str) -> RSAPublicKey:
        known = self._known(serial)
        if self._fetch is not None and self._due(missing=known is None):
            self._fetched_at = self._now()
            with suppress(PortError, *UNREADABLE):
                self.load_certificates(await self._fetch())
            known = self._known(serial)
        if known is None:
            raise BadSignature
        return known

    def _known(self, serial: str) -> RSAPublicKey | None:
        """The key of this serial. A certificate counts while it is valid."""
        found = serial if serial in self._keys else serial.lstrip("0")
        certificate = self._certificates.get(found)
        if certificate is not None and not valid_at(certificate, self._now()):
            return None
        return self._keys.get(found)

    def _due(self, *, missing: bool) -> bool:
        if self._fetched_at is None:
            return True
        age = self._now() - self._fetched_at
        return age >= (FETCH_AGAIN_AFTER if missing else REFRESH_AFTER)


def _is_a_merchants(certificate: Certificate) -> bool:
    names = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return any(name.value == MERCHANTS for name in names)
