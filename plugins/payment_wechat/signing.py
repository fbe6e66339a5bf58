"""WeChat Pay's signatures and its encrypted resources.

Source: WeChat Pay API v3, “signing requests”, “verifying answers”, “callbacks”.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from entrepot.wire import rsa_sign

SCHEME = "WECHATPAY2-SHA256-RSA2048"
WINDOW_SECONDS = 300


class NotOurs(ValueError):
    """Encrypted with the key of another merchant, or changed."""


def request_message(method: str, path: str, stamp: str, nonce: str, body: str) -> str:
    return f"{method}\n{path}\n{stamp}\n{nonce}\n{body}\n"


def answer_message(stamp: str, nonce: str, body: bytes) -> bytes:
    return f"{stamp}\n{nonce}\n".encode() + body + b"\n"


def authorization(fields: Mapping[str, str]) -> str:
    """The ``Authorization`` header: ``mchid``, ``nonce_str`` and so on, in any order."""
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in fields.items())


def pay_signature(key: RSAPrivateKey, *lines: str) -> str:
    """The signature of the parameters for a page or an app, one per line."""
    return rsa_sign(key, "".join(f"{line}\n" for line in lines).encode())


def decrypt(resource: Mapping[str, str], key: bytes) -> str:
    """AES-256-GCM with the tag appended. Raises `NotOurs`, or one of `UNREADABLE`."""
    try:
        opened = AESGCM(key).decrypt(
            resource["nonce"].encode(),
            b64decode(resource["ciphertext"]),
            resource.get("associated_data", "").encode(),
        )
    except InvalidTag as error:
        raise NotOurs("not encrypted with this key") from error
    return opened.decode()


def encrypt(text: str, key: bytes, *, nonce: str, associated_data: str) -> dict[str, str]:
    encrypted = AESGCM(key).encrypt(nonce.encode(), text.encode(), associated_data.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "nonce": nonce,
        "associated_data": associated_data,
        "ciphertext": b64encode(encrypted).decode(),
    }
