"""A promotion: when it applies, and what it gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.errors import Invalid
from core.domain.pricing.adjustments import SHOP, Lane
from core.domain.pricing.promotions.arguments import ArgumentType, Family, argument
from core.domain.pricing.promotions.benefits.additions import AddOn, Gift
from core.domain.pricing.promotions.conditions import ALWAYS, Condition
from core.domain.pricing.promotions.limits import Limit
from core.domain.pricing.promotions.proposal import Benefit
from core.domain.pricing.windows import check_window
from core.domain.text import Text

SELLER = "seller"
"""Stands in ``borne_by`` for the seller of each line."""

MOST_BENEFITS = 20

SHOP_ALONE: Mapping[str, int] = {SHOP: 100}


class Exclusive(StrEnum):
    """``LANE``: alone in its lane. ``OVERALL``: alone in all lanes after the catalogue."""

    NO = "no"
    LANE = "lane"
    OVERALL = "overall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """``code`` is stable. ``label`` is shown with each adjustment.

    The promotion applies from ``starts_at`` until before ``ends_at``. A higher ``priority`` goes
    first. ``by_coupon``: only a coupon opens it. ``borne_by`` has shares by who bears them: the
    code of a seller, ``shop``, or ``seller`` for the seller of each line.
    """

    code: str = field(metadata=argument("Promotion code", ArgumentType.TEXT))
    label: Text = field(metadata=argument("Name for buyers", ArgumentType.LABEL))
    lane: Lane = field(metadata=argument("Step of the price", ArgumentType.CHOICE, Lane))
    benefits: tuple[Benefit, ...] = field(
        metadata=argument("Benefits", ArgumentType.NODES, Family.BENEFIT)
    )
    condition: Condition = field(
        default=ALWAYS, metadata=argument("Condition", ArgumentType.NODE, Family.CONDITION)
    )
    starts_at: datetime | None = field(
        default=None, metadata=argument("Starts at", ArgumentType.MOMENT)
    )
    ends_at: datetime | None = field(
        default=None, metadata=argument("Ends at", ArgumentType.MOMENT)
    )
    priority: int = field(default=0, metadata=argument("Priority", ArgumentType.NUMBER))
    exclusive: Exclusive = field(
        default=Exclusive.NO,
        metadata=argument("Combined with others", ArgumentType.CHOICE, Exclusive),
    )
    by_coupon: bool = field(default=False, metadata=argument("By coupon", ArgumentType.FLAG))
    borne_by: Mapping[str, int] = field(
        default_factory=lambda: SHOP_ALONE, metadata=argument("Borne by", ArgumentType.SHARES)
    )
    limits: tuple[Limit, ...] = field(
        default=(), metadata=argument("Limits", ArgumentType.RECORDS, Limit)
    )

    def __post_init__(self) -> None:
        if not self.code:
            raise Invalid("code", "Enter a code.")
        if self.lane in {Lane.POINTS, Lane.TAXES}:
            raise Invalid("lane", "A promotion cannot be in the lane of points or taxes.")
        if not self.benefits:
            raise Invalid("benefits", "Add at least one benefit.")
        if len(self.benefits) > MOST_BENEFITS:
            raise Invalid("benefits", "Add at most {most} benefits.", most=MOST_BENEFITS)
        gifts = [each.sku for each in self.benefits if isinstance(each, Gift)]
        if len(set(gifts)) < len(gifts):
            raise Invalid("benefits", "A gift is listed twice. Increase its units instead.")
        check_window(self.starts_at, self.ends_at)
        counted = [(each.kind, each.per) for each in self.limits]
        if len(set(counted)) < len(counted):
            raise Invalid("limits", "Two limits count the same. Keep the smaller one.")
        if min(self.borne_by.values(), default=0) < 1:
            raise Invalid("borne_by", "Each share must be above zero.")

    @property
    def rank(self) -> tuple[int, str]:
        """Sorts promotions: higher priority first, then by code."""
        return (-self.priority, self.code)

    @property
    def added_skus(self) -> frozenset[str]:
        """The goods that the promotion gives or offers."""
        skus: set[str] = set()
        for each in self.benefits:
            if isinstance(each, Gift):
                skus.add(each.sku)
            elif isinstance(each, AddOn):
                skus.update(each.skus)
        return frozenset(skus)
