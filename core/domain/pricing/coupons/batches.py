"""A batch: coupons of one promotion with the same window and limits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.domain.errors import DomainError, Invalid
from core.domain.identifiers import check_slug
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.text import Text, require

MAX_LABEL_LENGTH = 60
MOST_DAYS = 3_650
MOST_EACH = 100
MOST_USES = 2**31 - 1
"""What the database stores."""


class BatchState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"


class NoCouponsLeft(DomainError):
    """All coupons of the batch were made, issued or taken."""

    code = "no_coupons_left"
    template = "All coupons of “{batch}” are gone."

    def __init__(self, batch: str) -> None:
        self.batch = batch
        super().__init__(batch=batch)


class CouponTaken(DomainError):
    """The member has taken as many coupons of the batch as one person may."""

    code = "coupon_taken"
    template = "You have this coupon already."


class BatchClosed(DomainError):
    """The batch has not started, has ended, or does not give its coupons in this way."""

    code = "batch_closed"
    template = "The coupons of “{batch}” are not available now."

    def __init__(self, batch: str) -> None:
        self.batch = batch
        super().__init__(batch=batch)


class CodesExported(DomainError):
    """The codes were made before. Only their keyed hashes are stored."""

    code = "codes_exported"
    template = (
        "“{batch}” has {made} codes already. They were exported when they were made and cannot be"
        " exported again. Ask for a higher number to make more."
    )

    def __init__(self, batch: str, made: int) -> None:
        self.batch = batch
        self.made = made
        super().__init__(batch=batch, made=made)


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponBatch:
    """``code`` is stable. ``promotion`` is the code of the promotion that the coupons open.

    A coupon is valid from ``starts_at`` until before ``ends_at``; with ``valid_days``, at most for
    this many days after a person got it. ``most_uses`` and ``most_uses_each`` (of each person) are
    uses of one coupon. ``size`` is how many coupons the batch may have, and ``most_each`` how many
    one person may take. ``made`` counts the coupons. Without a limit, a number is 0.
    """

    code: str
    promotion: str
    label: Text
    kind: CouponKind = CouponKind.PUBLIC
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    valid_days: int = 0
    most_uses: int = 1
    most_uses_each: int = 0
    size: int = 0
    most_each: int = 1
    made: int = 0

    def __post_init__(self) -> None:
        check_slug("code", self.code)
        require("label", self.label, most=MAX_LABEL_LENGTH)
        if not self.promotion:
            raise Invalid("promotion", "Enter the code of a promotion.")
        most = {"most_uses": MOST_USES, "most_uses_each": MOST_USES, "size": MOST_USES}
        for name, limit in {"valid_days": MOST_DAYS, **most}.items():
            if not 0 <= getattr(self, name) <= limit:
                raise Invalid(name, "Enter a number from 0 to {most}.", most=limit)
        if not 1 <= self.most_each <= MOST_EACH:
            raise Invalid("most_each", "Enter a number from 1 to {most}.", most=MOST_EACH)
        # Both are the same moment in a batch that was ended before its start.
        if self.starts_at and self.ends_at and self.ends_at < self.starts_at:
            raise Invalid("ends_at", "The end is not after the start.")

    def state_at(self, now: datetime) -> BatchState:
        if self.ends_at and self.ends_at <= now:
            return BatchState.ENDED
        if self.starts_at and self.starts_at > now:
            return BatchState.PLANNED
        return BatchState.RUNNING

    def check_open(self, kind: CouponKind, now: datetime) -> None:
        """Raises `BatchClosed` unless coupons of this kind can be made, issued or taken now.

        Codes are made, and coupons issued, before the start too.
        """
        state = self.state_at(now)
        is_early = state is BatchState.PLANNED and kind is CouponKind.CLAIMED
        if self.kind is not kind or state is BatchState.ENDED or is_early:
            raise BatchClosed(self.code)

    def end_of(self, issued_at: datetime) -> datetime | None:
        """When a coupon that a person got at ``issued_at`` ends."""
        ends = [self.ends_at] if self.ends_at else []
        if self.valid_days:
            ends.append(issued_at + timedelta(days=self.valid_days))
        return min(ends, default=None)
