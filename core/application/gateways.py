"""The payment gateways that this shop was assembled with."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.errors import NotFound
from ports.payment import PaymentGateway


@dataclass(frozen=True, slots=True)
class Gateways:
    """By code, in the order in which they are offered."""

    by_code: Mapping[str, PaymentGateway]

    def get(self, code: str) -> PaymentGateway:
        """Raises `NotFound`."""
        if code not in self.by_code:
            raise NotFound("way of paying", code)
        return self.by_code[code]
