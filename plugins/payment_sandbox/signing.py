"""Signatures between the shop and the sandbox: HMAC-SHA-256 over the exact bytes sent."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

TOLERANCE_SECONDS = 300


class Signer:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign_query(self, fields: Mapping[str, str]) -> str:
        """A query string with its signature as the last field, ``sign``."""
        query = urlencode(sorted(fields.items()))
        return f"{query}&sign={self._digest(query.encode())}"

    def verify_query(self, fields: Mapping[str, str]) -> bool:
        signed = urlencode(sorted((k, v) for k, v in fields.items() if k != "sign"))
        return hmac.compare_digest(
            self._digest(signed.encode()).encode(), fields.get("sign", "").encode()
        )

    def headers(self, body: bytes, now: datetime) -> dict[str, str]:
        stamp = str(int(now.timestamp()))
        return {
            "content-type": "application/json",
            "x-sandbox-timestamp": stamp,
            "x-sandbox-signature": self._digest(stamp.encode() + b"\n" + body),
        }

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Whether the signature is valid and its time is within five minutes of ``now``."""
        stamp = headers.get("x-sandbox-timestamp", "")
        given = headers.get("x-sandbox-signature", "")
        expected = self._digest(stamp.encode() + b"\n" + body)
        if not hmac.compare_digest(expected.encode(), given.encode()) or not stamp.isdecimal():
            return False
        return abs(now.timestamp() - int(stamp)) < TOLERANCE_SECONDS

    def _digest(self, message: bytes) -> str:
        return hmac.digest(self._secret, message, "sha256").hex()
