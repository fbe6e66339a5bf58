"""UnionPay's signatures: over the hexadecimal digest of the message, and so hashed twice.

Source: UnionPay ACP, version 5.1.0, ``signMethod=01``.
"""

from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from entrepot import BadSignature
from entrepot.wire import rsa_holds, rsa_sign

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


def holds(fields: Mapping[str, str], key: RSAPublicKey) -> bool:
    """An older version, or another method, does not hold whatever is in it."""
    ours = fields.get("version") == VERSION and fields.get("signMethod") == METHOD
    return ours and rsa_holds([key], digest(fields), fields.get("signature", ""))


def read(body: bytes) -> dict[str, str]:
    """The fields of a form, decoded once.

    Raises:
        BadSignature: it is none, or has a field twice.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict"
        )
    except ValueError as error:
        raise BadSignature from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadSignature
    return fields
