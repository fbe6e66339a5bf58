"""UnionPay's signatures: over the hexadecimal digest of the message, so it is hashed twice.

Source: UnionPay ACP, version 5.1.0, ``signMethod=01``.
"""

from collections.abc import Mapping
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from entrepot.wire import rsa_sign, rsa_verify

VERSION, METHOD = "5.1.0", "01"


def content(fields: Mapping[str, str]) -> str:
    """Empty values and ``signature`` are left out."""
    return "&".join(
        f"{name}={value}" for name, value in sorted(fields.items()) if value and name != "signature"
    )


def digest(fields: Mapping[str, str]) -> bytes:
    return sha256(content(fields).encode()).hexdigest().encode()


def signed(fields: Mapping[str, str], key: RSAPrivateKey) -> dict[str, str]:
    given = {name: value for name, value in fields.items() if value}
    return {**given, "signature": rsa_sign(key, digest(given))}


def verify(fields: Mapping[str, str], key: RSAPublicKey) -> bool:
    """False for another version or signature method, too."""
    supported = fields.get("version") == VERSION and fields.get("signMethod") == METHOD
    return supported and rsa_verify([key], digest(fields), fields.get("signature", ""))
