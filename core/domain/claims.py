"""Claims: the use that an order makes of a limited offer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from core.domain.errors import DomainError, Invalid
from core.domain.text import Text

SHARDS = 16
"""Counters of a hot quota: concurrent buyers of one offer mostly change different rows."""


class ClaimKind(StrEnum):
    """What is limited: uses of an offer, units of goods, minor units of money, or a coupon."""

    USES = "uses"
    UNITS = "units"
    SPEND = "spend"
    COUPON = "coupon"


class GiveBack(StrEnum):
    """When a claim of a paid order is given back. A claim of an unpaid order always is."""

    NEVER = "never"
    ON_CANCEL = "on_cancel"
    ON_FULL_REFUND = "on_full_refund"


class Excess(StrEnum):
    """What happens to a claim for more than is left: it is refused, or granted in part."""

    REFUSED = "refused"
    CUT = "cut"


class ClaimState(StrEnum):
    HELD = "held"
    TAKEN = "taken"
    RELEASED = "released"


# Every move a claim can make: it is held with the order and taken when the order is paid.
MOVES: dict[tuple[ClaimState, str], ClaimState] = {
    (ClaimState.HELD, "take"): ClaimState.TAKEN,
    (ClaimState.HELD, "release"): ClaimState.RELEASED,
    (ClaimState.TAKEN, "release"): ClaimState.RELEASED,
    # A late payment, while something is left of the offer.
    (ClaimState.RELEASED, "claim_again"): ClaimState.TAKEN,
}


class OrderEnd(StrEnum):
    """Why an order needs its claims no more."""

    CANCELLED = "cancelled"
    REFUNDED_IN_FULL = "refunded_in_full"


GIVEN_BACK: dict[OrderEnd, frozenset[GiveBack]] = {
    OrderEnd.CANCELLED: frozenset({GiveBack.ON_CANCEL, GiveBack.ON_FULL_REFUND}),
    OrderEnd.REFUNDED_IN_FULL: frozenset({GiveBack.ON_FULL_REFUND}),
}
"""The claims of a paid order that its end releases."""


NO_LABEL = Text({})


class ClaimRefused(DomainError):
    """``left`` is what is left of the offer: less than ``claim`` asked for."""

    code = "claim_refused"
    template = "Too few are left of the offer “{key}”. Reduce the quantity, or order without it."
    per_person: ClassVar[bool] = False

    def __init__(self, claim: "Claim", left: int) -> None:
        self.claim = claim
        self.left = left
        super().__init__(key=claim.label or claim.key)


class PersonalClaimRefused(ClaimRefused):
    """``left`` is what the person has left of the offer: less than ``claim`` asked for."""

    code = "personal_claim_refused"
    template = "You have used your share of the offer “{key}”. Order without it."
    per_person: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim for ``amount`` of the offer ``key``: uses, units, or minor units of money.

    ``limit`` is for all buyers together, ``per_person`` for each of them; None is no limit. The
    current limits come with each claim. ``person`` is the account or contact of the buyer, see
    `person_of`; the repository stores a keyed hash of it. ``shards`` is `SHARDS` for an
    offer that many buy at the same moment; it never changes for a key. ``label`` is the name of
    the offer for the buyer; empty: the key.
    """

    kind: ClaimKind
    key: str
    amount: int = 1
    limit: int | None = None
    per_person: int | None = None
    person: str = ""
    give_back: GiveBack = GiveBack.ON_CANCEL
    excess: Excess = Excess.REFUSED
    shards: int = 1
    label: Text = NO_LABEL

    def __post_init__(self) -> None:
        if min(self.amount, self.shards) < 1:
            raise Invalid("claim", "A claim needs an amount above zero.")
        limits = [each for each in (self.limit, self.per_person) if each is not None]
        if not limits or min(limits) < 0:
            raise Invalid("claim", "A claim needs a limit.")

    @property
    def quota(self) -> str:
        """The name of the counters: keys of different kinds do not meet."""
        return f"{self.kind}:{self.key}"


def shard_limit(limit: int, shards: int, shard: int) -> int:
    """The part of a limit that one shard has. The parts sum to the limit.

    >>> [shard_limit(10, 4, shard) for shard in range(4)]
    [3, 3, 2, 2]
    """
    return limit // shards + (shard < limit % shards)


def person_of(customer_id: UUID | None, contact: str) -> str:
    """The person whose uses are counted: the account, or the contact of a guest."""
    return f"account {customer_id}" if customer_id is not None else f"contact {contact}"
