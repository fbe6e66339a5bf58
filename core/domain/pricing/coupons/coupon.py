"""A coupon: a code that opens a promotion, within its own window and uses."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.claims import Claim, ClaimKind, GiveBack
from core.domain.errors import Invalid
from core.domain.pricing.quote import CouponState
from core.domain.pricing.reasons import Reason
from core.domain.pricing.request import PriceRequest


class CouponKind(StrEnum):
    """``PUBLIC``: for all buyers. ``PERSONAL``: issued to one. ``CLAIMED``: taken by one (领券)."""

    PUBLIC = "public"
    PERSONAL = "personal"
    CLAIMED = "claimed"


Refusal = tuple[CouponState, Reason]
USED_UP: Refusal = (CouponState.USED_UP, Reason("coupon_used_up"))
USED_BY_YOU: Refusal = (CouponState.USED_BY_YOU, Reason("coupon_used_by_you"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """``key`` names the code in claims and logs without revealing it.

    ``person`` owns a personal or claimed coupon. ``most_uses`` and ``most_uses_each`` (of each
    person) have no limit if they are 0; ``used`` and ``used_by_person`` count the uses.
    """

    key: str
    promotion: str
    batch: str = ""
    kind: CouponKind = CouponKind.PUBLIC
    person: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    most_uses: int = 1
    most_uses_each: int = 0
    used: int = 0
    used_by_person: int = 0
    given_back: GiveBack = GiveBack.ON_CANCEL

    def __post_init__(self) -> None:
        if self.kind is not CouponKind.PUBLIC and not self.person:
            raise Invalid("person", "Enter the person who owns the coupon.")

    @property
    def is_used_up(self) -> bool:
        """Whether the person has no use of it left."""
        return bool(
            (self.most_uses and self.used >= self.most_uses)
            or (self.most_uses_each and self.used_by_person >= self.most_uses_each)
        )

    def refusal(self, request: PriceRequest) -> Refusal | None:
        """Why the coupon opens nothing now; None if it is valid.

        Another person's coupon is answered like an unknown code, so that codes cannot be tried.
        """
        person = request.customer.person
        if self.person and self.person != person:
            return CouponState.UNKNOWN, Reason("unknown_coupon")
        if self.starts_at and request.at < self.starts_at:
            return CouponState.NOT_STARTED, Reason("coupon_not_started", {"at": self.starts_at})
        if self.ends_at and request.at >= self.ends_at:
            return CouponState.EXPIRED, Reason("coupon_expired")
        if self.most_uses_each and not person:
            return CouponState.CONDITIONS_MISSING, Reason("sign_in")
        return self._used(request)

    def _used(self, request: PriceRequest) -> Refusal | None:
        person = request.customer.person
        if self.most_uses_each and self.used_by_person >= self.most_uses_each:
            return USED_BY_YOU
        if self.most_uses and self.used >= self.most_uses:
            return USED_BY_YOU if self.used_by_person else USED_UP
        claim = self.claim(person)
        for left_for, refusal in ((person, USED_BY_YOU), ("", USED_UP)):
            if claim and request.unavailable.get((claim.quota, left_for), 1) < 1:
                return refusal
        return None

    def claim(self, person: str) -> Claim | None:
        """The use that an order takes: one of all uses, and one of those of the person."""
        if not self.most_uses and not self.most_uses_each:
            return None
        return Claim(
            kind=ClaimKind.COUPON,
            key=self.key,
            limit=self.most_uses or None,
            per_person=self.most_uses_each or None,
            person=person,
            give_back=self.given_back,
        )
