"""Signatures that anybody can check who has the shop's public key: Ed25519 (RFC 8032)."""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from adapters.serialization.canonical import canonical

KEY_ID_LENGTH = 16


def public_pem(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def read_public_pem(text: str) -> Ed25519PublicKey:
    """Raises `ValueError` for anything but an Ed25519 key in PEM."""
    key = load_pem_public_key(text.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("This is no Ed25519 key.")  # noqa: TRY004 -- a file is wrong, not a type
    return key


def key_id_of(key: Ed25519PublicKey) -> str:
    """The first 64 bits of the key's SHA-256, in hexadecimal."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:KEY_ID_LENGTH]


def signature_of(signer: Ed25519PrivateKey, document: Any) -> dict[str, str]:
    """Of the document's canonical form, with the id of the key that verifies it."""
    return {
        "key_id": key_id_of(signer.public_key()),
        "signature": b64encode(signer.sign(canonical(document))).decode(),
    }


def verify_signature(key: Ed25519PublicKey, document: Any, signature: Mapping[str, Any]) -> bool:
    """Whether the document is what was signed with this key."""
    try:
        key.verify(b64decode(signature["signature"], validate=True), canonical(document))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return signature.get("key_id") == key_id_of(key)
