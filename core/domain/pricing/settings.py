"""Settings of the price engine: shops and countries differ, so each choice is declared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from fractions import Fraction

from core.domain.calendar import CHINA_TIME
from core.domain.errors import Invalid
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.arithmetic.rounding import Rounding, RoundingMode
from core.domain.pricing.arithmetic.splitting import SplitMethod
from core.domain.pricing.taxes.settings import TaxSettings


class LaneMode(StrEnum):
    """Which promotions of a lane apply. Ties go to the higher priority, then to the code.

    ``BEST``: each line gets the one that takes most off it. ``ALL``: all, one after the other.
    ``FIRST``: each line gets the first one that reaches it.
    """

    BEST = "best"
    ALL = "all"
    FIRST = "first"


class PriceBase(StrEnum):
    """Which price is looked at.

    ``LIST``: the list price. ``SHOWN``: the price in lists, after price lists and the catalogue
    lane. ``LANE``: the price before this lane. ``NOW``: what earlier promotions left.
    """

    LIST = "list"
    SHOWN = "shown"
    LANE = "lane"
    NOW = "now"


class Rounded(StrEnum):
    """What is rounded: the discount, or the price that is left."""

    DISCOUNT = "discount"
    PRICE = "price"


class Per(StrEnum):
    """How often a discount is calculated and rounded: each unit, each line, or all together.

    ``ALL``: the discount of all lines together is split among them.
    """

    UNIT = "unit"
    LINE = "line"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsSettings:
    """How points pay: an adjustment, which lowers the taxable amount.

    ``worth`` is the minor units that one point is worth. Points are spent in multiples of
    ``step``, for at most ``most_percent`` of the goods.
    """

    worth: Fraction = Fraction(1)
    step: int = 1
    most_percent: int = 100

    def __post_init__(self) -> None:
        if self.worth <= 0 or self.step < 1 or not 0 <= self.most_percent <= 100:  # noqa: PLR2004
            raise Invalid("points", "The settings of points are not valid.")


HALF_UP = Rounding(RoundingMode.HALF_UP)
STANDARD_LANES = (Lane.ITEM, Lane.ORDER, Lane.CROSS_SELLER, Lane.COUPON, Lane.SHIPPING)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricingSettings:
    """Defaults for all promotions; a benefit may declare its own rounding, split and base.

    ``lanes`` are the lanes after the catalogue, in order. ``least_unit`` is the lowest price of
    a unit in the catalogue lane, and ``least_line`` the lowest price of a line in all lanes, in
    minor units: what a line cannot take off moves on to the other lines. Goods with one of
    ``undiscounted_tags`` are not reduced. ``time_zone`` is that of weekdays and hours.
    ``takes_points``: carts of members can be paid with points.
    """

    lanes: tuple[Lane, ...] = STANDARD_LANES
    modes: Mapping[Lane, LaneMode] = field(default_factory=lambda: {Lane.CATALOGUE: LaneMode.ALL})
    rounding: Rounding = HALF_UP
    rounded: Rounded = Rounded.DISCOUNT
    per: Per = Per.LINE
    split: SplitMethod = SplitMethod.LARGEST_REMAINDER
    base: PriceBase = PriceBase.NOW
    least_unit: int = 0
    least_line: int = 0
    skips_goods_on_sale: bool = False
    undiscounted_tags: frozenset[str] = frozenset()
    taxes: TaxSettings = field(default_factory=TaxSettings)
    points: PointsSettings = field(default_factory=PointsSettings)
    takes_points: bool = False
    time_zone: tzinfo = CHINA_TIME

    def __post_init__(self) -> None:
        reserved = {Lane.CATALOGUE, Lane.POINTS, Lane.TAXES}
        if len(set(self.lanes)) < len(self.lanes) or reserved & set(self.lanes):
            raise Invalid("lanes", "A lane is listed twice, or has a fixed place.")
        if self.least_unit < 0 or self.least_line < 0:
            raise Invalid("least_line", "The lowest price is below zero.")

    def mode_of(self, lane: Lane) -> LaneMode:
        return self.modes.get(lane, LaneMode.BEST)
