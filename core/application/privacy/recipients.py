"""The recipients of personal data outside the shop."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.privacy.recipient import Recipient


@dataclass(frozen=True, slots=True)
class Recipients:
    """Recipients of payments by gateway code, and carriers that quote shipping rates."""

    by_gateway: Mapping[str, Recipient]
    quoting: tuple[Recipient, ...]

    @property
    def all(self) -> tuple[Recipient, ...]:
        recipients = (*self.by_gateway.values(), *self.quoting)
        return tuple({each.code: each for each in recipients}.values())
