"""Statements: the provider's record of a day, for reconciliation."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.domain.money import Money


class StatementKind(StrEnum):
    """The direction of a movement: money in, or money back."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One line of the provider's statement. ``amount`` and ``fee`` are positive.

    ``refund_reference`` is empty for a payment.
    """

    kind: StatementKind
    reference: str
    provider_reference: str
    amount: Money
    fee: Money
    at: datetime
    refund_reference: str = ""


@runtime_checkable
class Statements(Protocol):
    """The provider's statement of a day, for reconciliation.

    ``fee_basis_points`` is the agreed fee in hundredths of a percent of a payment; None if
    the fee has no single rate.
    """

    @property
    def fee_basis_points(self) -> int | None: ...

    def statement(self, day: date) -> AsyncIterator[StatementLine]:
        """Every payment and refund of the day (GMT+8).

        Raises:
            NotReadyYet: the provider makes the statement on the next morning.
            Unavailable: the provider did not answer.
        """
