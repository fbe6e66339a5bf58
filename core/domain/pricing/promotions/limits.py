"""Limits of a promotion: how often, for how much money, for how many units."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from core.domain.claims import Claim, ClaimKind, Excess, GiveBack
from core.domain.errors import Invalid
from core.domain.pricing.promotions.amounts import NO_AMOUNT, Amounts
from core.domain.pricing.promotions.arguments import ArgumentType, argument
from core.domain.pricing.reasons import Reason
from core.domain.pricing.request import PriceRequest

PERSON = "person"
EVERYBODY = ""


class LimitKind(StrEnum):
    USES = ClaimKind.USES
    SPEND = ClaimKind.SPEND
    UNITS = ClaimKind.UNITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """``most`` uses or units, or ``most_amount`` of money.

    ``per`` is empty for a limit in all, ``person``, or the name of a fact, such as a hash of the
    telephone number. ``excess`` says what an order above what is left gets: no discount, or as
    much as is left; a use cannot be cut.
    """

    kind: LimitKind = field(metadata=argument("Limit of", ArgumentType.CHOICE, LimitKind))
    most: int = field(default=0, metadata=argument("Largest number", ArgumentType.NUMBER))
    most_amount: Amounts = field(
        default=NO_AMOUNT, metadata=argument("Most money", ArgumentType.AMOUNTS)
    )
    per: str = field(default=EVERYBODY, metadata=argument("Counted for each", ArgumentType.TEXT))
    excess: Excess = field(
        default=Excess.REFUSED, metadata=argument("Above the limit", ArgumentType.CHOICE, Excess)
    )
    given_back: GiveBack = field(
        default=GiveBack.ON_CANCEL, metadata=argument("Given back", ArgumentType.CHOICE, GiveBack)
    )

    def __post_init__(self) -> None:
        if self.kind is LimitKind.SPEND and not self.most_amount:
            raise Invalid("most_amount", "Enter an amount.")
        if self.kind is not LimitKind.SPEND and self.most < 1:
            raise Invalid("most", "Enter a number of at least one.")

    @property
    def is_shared(self) -> bool:
        """Whether the lines of an order share what is left."""
        return self.kind is not LimitKind.USES

    def most_of(self, request: PriceRequest) -> int:
        """In minor units for money; 0 if the currency is not known."""
        if self.kind is LimitKind.SPEND:
            return self.most_amount.get(request.currency) or 0
        return self.most

    def claim(self, promotion: str, request: PriceRequest, amount: int) -> Claim | None:
        """The claim of an order; None if the buyer or the currency is not known."""
        limit = self.most_of(request)
        person = self._person(request)
        if not limit or (self.per and not person):
            return None
        return Claim(
            kind=ClaimKind(self.kind),
            key=":".join(filter(None, ("promotion", promotion, self.per))),
            amount=amount,
            limit=None if person else limit,
            per_person=limit if person else None,
            person=person,
            give_back=self.given_back,
        )

    def _person(self, request: PriceRequest) -> str:
        if self.per == PERSON:
            return request.customer.person
        return str(request.facts.get(self.per, "")) if self.per else EVERYBODY


@dataclass(slots=True)
class Left:
    """What the limits leave for one order; None has no limit.

    ``reason`` is given if nothing is left. An order above ``refused`` gets nothing, others are
    cut to ``units`` and ``spend``.
    """

    reason: Reason | None = None
    units: int | None = None
    spend: int | None = None
    refused: list[tuple[LimitKind, int, Reason]] = field(default_factory=list)

    def excess(self, spend: int, units: int) -> Reason | None:
        """Why an order of so much money and so many units gets nothing."""
        for kind, rest, reason in self.refused:
            if (spend if kind is LimitKind.SPEND else units) > rest:
                return reason
        # What a promotion adds cannot be cut, and its benefits do not share what is left.
        is_above = any(
            most is not None and used > most
            for used, most in ((spend, self.spend), (units, self.units))
        )
        return Reason("used_up") if is_above else None


UNLIMITED = Left()


def left_of(limits: Sequence[Limit], promotion: str, request: PriceRequest) -> Left:
    """What is left for the request, by its claims that fell short."""
    if not limits:
        return UNLIMITED
    left = Left()
    for limit in limits:
        claim = limit.claim(promotion, request, 1)
        if claim is None:
            is_fact = limit.per not in {EVERYBODY, PERSON}
            return Left(reason=Reason("fact_unknown" if is_fact else "sign_in"))
        most = limit.most_of(request)
        rest = min(most, request.unavailable.get((claim.quota, claim.person), most))
        reason = Reason("used_by_you" if claim.person else "used_up")
        if rest < 1:
            return Left(reason=reason)
        if limit.kind is LimitKind.USES:
            continue
        if limit.excess is Excess.REFUSED:
            left.refused.append((limit.kind, rest, reason))
        elif limit.kind is LimitKind.UNITS:
            left.units = rest if left.units is None else min(rest, left.units)
        else:
            left.spend = rest if left.spend is None else min(rest, left.spend)
    return left
