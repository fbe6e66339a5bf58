"""What each unit of an order line was paid with, frozen when the order is placed."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from core.domain.errors import Invalid


@dataclass(frozen=True, slots=True)
class PaidUnits:
    """The amounts of the units in order, in minor units, as runs of equal amounts.

    A refund takes the first units that are not refunded yet, so all refunds of a line sum to
    what was paid.

    >>> paid = PaidUnits.of([334, 333, 333])
    >>> paid.runs, paid.total, paid.amount(skip=1, count=2)
    (((1, 334), (2, 333)), 1000, 666)
    """

    runs: tuple[tuple[int, int], ...]
    """Pairs of a number of units and the amount of each of them."""

    @classmethod
    def of(cls, amounts: Sequence[int]) -> "PaidUnits":
        return cls(tuple((len(list(equal)), amount) for amount, equal in groupby(amounts)))

    @property
    def count(self) -> int:
        return sum(count for count, _ in self.runs)

    @property
    def total(self) -> int:
        return sum(count * amount for count, amount in self.runs)

    def part(self, *, skip: int, count: int) -> "PaidUnits":
        """``count`` units after the first ``skip`` ones.

        Raises:
            Invalid: there are fewer units.
        """
        if skip < 0 or count < 0 or skip + count > self.count:
            raise Invalid("quantity", "Only {left} are left.", left=max(self.count - skip, 0))
        amounts = [amount for units, amount in self.runs for _ in range(units)]
        return PaidUnits.of(amounts[skip : skip + count])

    def amount(self, *, skip: int, count: int) -> int:
        """The amount of ``count`` units after the first ``skip`` ones. Raises `Invalid`."""
        return self.part(skip=skip, count=count).total
