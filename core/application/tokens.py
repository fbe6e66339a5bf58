"""Hashes secret tokens for storage."""

from hashlib import sha256


def hash_token(token: str) -> str:
    """SHA-256 in hexadecimal. A token is random, so it needs no salt."""
    return sha256(token.encode()).hexdigest()
