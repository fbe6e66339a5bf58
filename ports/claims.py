"""The repository of claims. It prevents that an offer is used too often."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from core.domain.claims import Claim, OrderEnd
from core.domain.identifiers import OrderId


class Claims(Protocol):
    """Claims of orders. Each check and its change are one statement.

    Call it last before the commit: a hot quota is then locked for the shortest time.
    """

    async def hold(self, order_id: OrderId, claims: Sequence[Claim]) -> tuple[int, ...]:
        """Hold the claims for an order. Returns the granted amounts, in the order of ``claims``.

        A granted amount is lower than the claimed one only with `Excess.CUT`, and can be 0. All
        or nothing: roll back the unit on an error.

        Raises:
            ClaimRefused: less is left of an offer.
            PersonalClaimRefused: the person has less left.
        """

    async def take(self, order_id: OrderId) -> None:
        """The order is paid: its claims stay after the payment deadline. Idempotent."""

    async def release(self, order_id: OrderId, end: OrderEnd) -> None:
        """Give claims back: held ones, and taken ones as their `GiveBack` says. Idempotent."""

    async def try_again(self, order_id: OrderId) -> bool:
        """Take the released claims of a cancelled order again.

        Returns false and takes nothing if less is left of an offer.
        """


Left = Mapping[tuple[str, str], int]
"""What is left of offers, by `Claim.quota` and person; the person is empty for all buyers."""


class ClaimsLeft(Protocol):
    async def __call__(self, claims: Sequence[Claim]) -> Left:
        """What is left of the offers that the claims are for, in one statement."""
