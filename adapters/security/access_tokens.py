"""Signs texts for links, so that only the shop can create a valid link."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN_BYTES = 16
KEY_BYTES = 32


def token_signer(secret: bytes, purpose: str) -> Callable[[str], str]:
    """Return a function that signs a text with HMAC-SHA-256, cut to 128 bits, in base64url.

    The key is derived from ``secret`` for one ``purpose`` (HKDF, RFC 5869), so that a token is
    not valid for another purpose.
    """
    key = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(secret)

    def sign(text: str) -> str:
        digest = hmac.digest(key, text.encode(), "sha256")
        return urlsafe_b64encode(digest[:TOKEN_BYTES]).decode().rstrip("=")

    return sign
