"""Content encryption: AES-CBC with PKCS#7 padding and a zero vector, as Alipay defines it."""

from base64 import b64decode, b64encode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

BLOCK_BITS = 128
ZERO = bytes(BLOCK_BITS // 8)


def encrypt(text: str, key: str) -> str:
    padder = PKCS7(BLOCK_BITS).padder()
    padded = padder.update(text.encode()) + padder.finalize()
    cipher = Cipher(AES(b64decode(key)), CBC(ZERO)).encryptor()
    return b64encode(cipher.update(padded) + cipher.finalize()).decode()


def decrypt(text: str, key: str) -> str:
    """Raises `ValueError` for another key."""
    cipher = Cipher(AES(b64decode(key)), CBC(ZERO)).decryptor()
    padded = cipher.update(b64decode(text)) + cipher.finalize()
    unpadder = PKCS7(BLOCK_BITS).unpadder()
    return (unpadder.update(padded) + unpadder.finalize()).decode()
