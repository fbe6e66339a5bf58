"""Money: an integer number of minor units of one currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.domain.amounts import minor_units_in
from core.domain.errors import CurrencyMismatch, Invalid

# ISO 4217 currencies whose minor unit is not 1/100.
EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "KWD": 3, "BHD": 3, "JOD": 3, "TND": 3}
CURRENCY_LETTERS = 3
MAX_MINOR = 10**13


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: ``minor`` units (fen, cents) of the ISO 4217 ``currency``.

    >>> Money(1990, "CNY") * 2 + Money(20, "CNY")
    Money(minor=4000, currency='CNY')
    >>> str(Money(1990, "CNY"))
    '19.90 CNY'
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        code = self.currency
        if len(code) != CURRENCY_LETTERS or not (code.isascii() and code.isupper()):
            raise Invalid("currency", "“{value}” is not a currency code such as CNY.", value=code)
        if abs(self.minor) > MAX_MINOR:
            raise Invalid("amount", "This amount is too large.")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._minor_of(other), self.currency)

    def __mul__(self, count: int) -> "Money":
        return Money(self.minor * count, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._minor_of(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._minor_of(other)

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    @property
    def decimal(self) -> Decimal:
        """The amount in major units (yuan, euros), for display.

        >>> Money(5, "CNY").decimal, Money(5, "JPY").decimal
        (Decimal('0.05'), Decimal('5'))
        """
        return Decimal(self.minor).scaleb(-exponent_of(self.currency))

    @staticmethod
    def zero(currency: str) -> "Money":
        return Money(0, currency)

    @staticmethod
    def parse(text: str, currency: str) -> "Money":
        """Parse major units: ``19.9``, ``1,299.00``, ``19,90``; see `core.domain.amounts`.

        Raises:
            Invalid: not an amount, ambiguous, or more decimals than the currency has.

        >>> Money.parse("1,299.5", "CNY")
        Money(minor=129950, currency='CNY')
        """
        minor = minor_units_in(text, exponent_of(currency))
        if minor is None:
            raise Invalid(
                "price",
                "“{value}” is not an amount such as {example}.",
                value=text.strip()[:40],
                example=str(Money(1990, currency).decimal),
            )
        return Money(minor, currency)

    @staticmethod
    def parse_with_currency(text: str) -> "Money":
        """Parse an amount of a settings file: ``15.00 CNY``.

        Raises:
            Invalid: the currency or the amount is missing or wrong.

        >>> Money.parse_with_currency("800 JPY")
        Money(minor=800, currency='JPY')
        """
        amount, _, currency = text.strip().rpartition(" ")
        return Money.parse(amount, Money.zero(currency).currency)

    def split(self, weights: Sequence[int]) -> tuple["Money", ...]:
        """Split the amount in proportion to ``weights``. The parts sum to the amount.

        The remainder of the integer division goes, one minor unit each, to the
        parts with the largest remainders (Hamilton's method). On a tie, the earlier
        part gets it.

        Raises:
            Invalid: a weight is negative, or all are zero.

        >>> [part.minor for part in Money(100, "CNY").split([1, 1, 1])]
        [34, 33, 33]
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise Invalid("weights", "Split weights must be above zero.")
        sign = -1 if self.minor < 0 else 1
        amount = abs(self.minor)
        parts = [amount * weight // total for weight in weights]
        by_remainder = sorted(
            range(len(weights)), key=lambda index: (-(amount * weights[index] % total), index)
        )
        for index in by_remainder[: amount - sum(parts)]:
            parts[index] += 1
        return tuple(Money(sign * part, self.currency) for part in parts)

    def _minor_of(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.minor


def exponent_of(currency: str) -> int:
    """The number of decimals of the currency (ISO 4217)."""
    return EXPONENTS.get(currency, 2)
