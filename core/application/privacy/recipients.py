"""Who outside gets to know something of an order."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.privacy.recipient import Recipient


@dataclass(frozen=True, slots=True)
class Recipients:
    """Those behind gateways, by the gateways' codes; and those who are asked for rates."""

    by_gateway: Mapping[str, Recipient]
    quoting: tuple[Recipient, ...]

    @property
    def all(self) -> tuple[Recipient, ...]:
        found = (*self.by_gateway.values(), *self.quoting)
        return tuple({each.code: each for each in found}.values())
