"""RSA keys and signatures of Chinese payment providers."""

import base64
import binascii
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from ports.errors import Misconfigured


def private_key(text: str) -> RSAPrivateKey:
    """Read a PEM, or bare base64 as the providers' tools print it.

    Raises:
        ValueError: the text is not an RSA private key. The message does not show the text.
    """
    try:
        key = (
            load_pem_private_key(text.encode(), None)
            if "-----BEGIN" in text
            else load_der_private_key(base64.b64decode(text), None)
        )
    except (ValueError, TypeError):
        raise ValueError("not an RSA private key") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("not an RSA private key")  # noqa: TRY004 -- a wrong value
    return key


def public_key(text: str) -> RSAPublicKey:
    """Read a PEM or bare base64. Raises `ValueError` if it is not an RSA public key."""
    key = (
        load_pem_public_key(text.encode())
        if "-----BEGIN" in text
        else load_der_public_key(base64.b64decode(text))
    )
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA public key")  # noqa: TRY004 -- a wrong value
    return key


def rsa_sign(key: RSAPrivateKey, message: bytes) -> str:
    """Sign with PKCS#1 v1.5 and SHA-256. Returns base64."""
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def rsa_verify(keys: Sequence[RSAPublicKey], message: bytes, signature: str) -> bool:
    """Whether one of the keys made the signature. During a key rotation there are two keys."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    for key in keys:
        try:
            key.verify(raw, message, PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return True
    return False


def unreadable_setting(what: str, error: Exception) -> Misconfigured:
    """The error for a key or certificate in the settings; the message does not show its text."""
    return Misconfigured(f"{what} cannot be read ({type(error).__name__})")
