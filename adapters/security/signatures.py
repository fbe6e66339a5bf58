"""Ed25519 signatures (RFC 8032) of documents, verified with the shop's public key."""

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
    """Parse a public key. Raises `ValueError` if it is not an Ed25519 key in PEM."""
    key = load_pem_public_key(text.encode())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("This is not an Ed25519 key.")  # noqa: TRY004 -- a file is wrong, not a type
    return key


def key_id_of(key: Ed25519PublicKey) -> str:
    """Return the first 64 bits of the key's SHA-256, in hexadecimal."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:KEY_ID_LENGTH]


def signature_of(signer: Ed25519PrivateKey, document: Any) -> dict[str, str]:
    """Sign the canonical form of a document; the result contains the id of the key."""
    return {
        "key_id": key_id_of(signer.public_key()),
        "signature": b64encode(signer.sign(canonical(document))).decode(),
    }


def verify_signature(key: Ed25519PublicKey, document: Any, signature: Mapping[str, Any]) -> bool:
    """Return False if the document or the signature was changed, or for another key."""
    try:
        key.verify(b64decode(signature["signature"], validate=True), canonical(document))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return signature.get("key_id") == key_id_of(key)
