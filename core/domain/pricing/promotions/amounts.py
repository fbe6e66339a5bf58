"""Amounts by currency: a promotion of a shop with several currencies has one for each."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.errors import Invalid
from core.domain.money import Money


@dataclass(frozen=True, slots=True)
class Amounts:
    """Minor units by ISO 4217 code. A promotion does not apply in a currency that is missing.

    >>> Amounts.of("15.00 CNY", "2.00 USD").get("USD")
    200
    """

    by_currency: Mapping[str, int]

    def __post_init__(self) -> None:
        for currency, minor in self.by_currency.items():
            if Money(minor, currency).minor < 0:
                raise Invalid("amount", "The amount is below zero.")

    @classmethod
    def of(cls, *texts: str) -> "Amounts":
        """Parse texts such as ``15.00 CNY``. Raises `Invalid`."""
        amounts = [Money.parse_with_currency(text) for text in texts]
        return cls({each.currency: each.minor for each in amounts})

    def get(self, currency: str) -> int | None:
        return self.by_currency.get(currency)

    def __bool__(self) -> bool:
        return bool(self.by_currency)


NO_AMOUNT = Amounts({})
"""Stands for no limit where an amount is optional."""


def check_above_zero(name: str, amounts: Amounts) -> None:
    """Raises `Invalid` if one of the amounts is zero."""
    if not all(amounts.by_currency.values()):
        raise Invalid(name, "Enter an amount above zero.")
