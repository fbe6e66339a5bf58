"""The installed payment gateways, and what each of them can do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from core.domain.errors import NotFound
from ports.payments.abilities import Ability
from ports.payments.authorizations import Authorizations
from ports.payments.gateway import PaymentGateway
from ports.payments.notifications import Notifications
from ports.payments.refunds import Refunds
from ports.payments.statements import Statements

Capability = TypeVar("Capability")


@dataclass(frozen=True, slots=True)
class Gateways:
    """Payment gateways by code, in the order of the payment page."""

    by_code: Mapping[str, PaymentGateway]

    def get(self, code: str) -> PaymentGateway:
        """Raises `NotFound`."""
        if code not in self.by_code:
            raise NotFound("payment method", code)
        return self.by_code[code]

    def notifying(self, code: str) -> Notifications | None:
        """Returns None for a gateway that sends no notifications, or is not installed any more."""
        return self._with(code, Ability.NOTIFICATIONS, Notifications)  # type: ignore[type-abstract]

    def refunding(self, code: str) -> Refunds | None:
        return self._with(code, Ability.REFUNDS, Refunds)  # type: ignore[type-abstract]

    def authorizing(self, code: str) -> Authorizations | None:
        return self._with(code, Ability.AUTHORIZATIONS, Authorizations)  # type: ignore[type-abstract]

    def accounting(self, code: str) -> Statements | None:
        return self._with(code, Ability.STATEMENTS, Statements)  # type: ignore[type-abstract]

    def _with(self, code: str, ability: Ability, protocol: type[Capability]) -> Capability | None:
        gateway = self.by_code.get(code)
        able = gateway is not None and ability in gateway.abilities
        return gateway if able and isinstance(gateway, protocol) else None
