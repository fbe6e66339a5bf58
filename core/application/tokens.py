"""Secret tokens: what is stored of them."""

from hashlib import sha256


def hash_token(token: str) -> str:
    """What is kept of a secret token. It is random, so it needs no salt."""
    return sha256(token.encode()).hexdigest()
