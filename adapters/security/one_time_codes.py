"""Time-based one-time codes of authenticator apps (RFC 6238)."""

import hmac
import secrets
from base64 import b32encode
from datetime import datetime, timedelta
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

DIGITS = 6
STEP = timedelta(seconds=30)
SECRET_BYTES = 20
"""As long as an SHA-1 hash (RFC 4226, 4). Authenticator apps support SHA-1 alone."""

EARLIER_AND_LATER = (0, -1, 1)
"""One step before and after: clocks differ, and people type slowly (RFC 6238, 5.2)."""

RECOVERY_GROUPS = 4
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class TotpCodes:
    def new_secret(self) -> bytes:
        return secrets.token_bytes(SECRET_BYTES)

    def new_recovery_code(self) -> str:
        letters = b32encode(secrets.token_bytes(10)).decode().lower()
        return "-".join(letters[start : start + 4] for start in range(0, 4 * RECOVERY_GROUPS, 4))

    def step_of(self, secret: bytes, code: str, now: datetime) -> int | None:
        generator = HOTP(secret, DIGITS, SHA1())  # noqa: S303 -- RFC 6238; HMAC-SHA-1 is not broken
        current = (now - EPOCH) // STEP
        digits = code.encode()
        found = None
        for shift in EARLIER_AND_LATER:
            if hmac.compare_digest(generator.generate(current + shift), digits):
                found = current + shift if found is None else found
        return found

    def address(self, secret: bytes, account_name: str, issuer: str) -> str:
        # https://github.com/google/google-authenticator/wiki/Key-Uri-Format
        label = quote(f"{issuer}:{account_name}", safe="")
        text = b32encode(secret).decode()
        return f"otpauth://totp/{label}?secret={text}&issuer={quote(issuer, safe='')}"
