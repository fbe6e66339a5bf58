"""Signed tokens of carts: a visitor cannot choose the token of a cart."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from ports.clock import NewToken


@dataclass(frozen=True, slots=True)
class SignedCartTokens:
    """A token is a random text and its signature, separated by a dot."""

    sign: Callable[[str], str]
    new_token: NewToken

    def new(self) -> str:
        random = self.new_token()
        return f"{random}.{self.sign(random)}"

    def is_genuine(self, token: str) -> bool:
        random, dot, signature = token.partition(".")
        if not dot or not token.isascii():
            return False
        return hmac.compare_digest(signature, self.sign(random))
