"""The settings of prices and taxes: what shops and countries do differently."""

from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings

from core.domain.pricing.adjustments import Lane
from core.domain.pricing.applied.prior_price import PriceLaw
from core.domain.pricing.arithmetic.rounding import RoundingMode
from core.domain.pricing.arithmetic.splitting import SplitMethod
from core.domain.pricing.refunds.amounts import PartialReturn
from core.domain.pricing.settings import STANDARD_LANES, LaneMode, Per, PriceBase, Rounded
from core.domain.pricing.taxes.settings import Abroad, DiscountBasis, Level, TaxBase

CHINA_ZONE = "Asia/Shanghai"


def _lanes(lanes: tuple[Lane, ...]) -> tuple[Lane, ...]:
    if sorted(lanes) != sorted(STANDARD_LANES):
        raise ValueError(f"name each of these once: {', '.join(STANDARD_LANES)}")
    return lanes


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"“{name}” is no time zone such as Asia/Shanghai") from error
    return name


class PriceSettings(BaseSettings):
    """Each has an effect on prices; ``tests/assembly/test_price_settings.py`` shows it."""

    prices_include_tax: bool = Field(
        default=True, description="Whether prices contain the taxes of the shop's own place."
    )
    price_law: PriceLaw = Field(
        default=PriceLaw.CN,
        description="The law on announced reductions, which says what a crossed-out price is: `CN` "
        "(order 32 of 2020), `EU` (directive 98/6/EC), or a member state with rules of its own: "
        "`DE`, `FR`, `PL`.",
    )
    tax_origin: str = Field(
        default="CN",
        pattern=r"^[A-Z]{2}(/[^/]+)?$",
        description="The place of the shop: a country (ISO 3166), and a region if taxes differ, "
        "such as `US/CA`.",
    )
    tax_abroad: Abroad = Field(
        default=Abroad.KEEP_NET,
        description="The price at a place with other tax rates. `keep_net`: the net price stays. "
        "`keep_gross`: the price with tax stays.",
    )
    tax_engine: str = Field(
        default="",
        description="The plugin that calculates the taxes of checkouts; empty: the tax rates of "
        "the shop do.",
    )
    tax_engine_fallback: bool = Field(
        default=False,
        description="Whether the tax rates of the shop count if the tax engine does not answer; "
        "otherwise no order can be placed then.",
    )
    tax_level: Level = Field(
        default=Level.LINE,
        description="What tax rates are applied to: each `unit`, each `line`, or the `order`.",
    )
    tax_rounding_level: Level | None = Field(
        default=None,
        description="What taxes are rounded on, if that is above `tax_level`: the rounding error "
        "is carried on. Empty: as `tax_level`.",
    )
    tax_rounding: RoundingMode | None = Field(
        default=None, description="How taxes are rounded. Empty: as `rounding`."
    )
    tax_rounding_step: int = Field(
        default=1, ge=1, description="Taxes are multiples of so many minor units, such as 5."
    )
    tax_base: Literal[TaxBase.AFTER_DISCOUNT, TaxBase.BEFORE_DISCOUNT] = Field(
        default=TaxBase.AFTER_DISCOUNT,
        description="What is taxed: the price `after_discount`, or `before_discount`.",
    )
    discount_on: DiscountBasis = Field(
        default=DiscountBasis.AS_PRICES,
        description="Whether amounts off and points are stated `net` or `gross`; `as_prices`: as "
        "the prices are.",
    )
    percent_of: DiscountBasis = Field(
        default=DiscountBasis.AS_PRICES,
        description="Whether percentages are of the `net` or the `gross` price; the result comes "
        "off the price as it is.",
    )
    rounding: RoundingMode = Field(
        default=RoundingMode.HALF_UP,
        description="How discounts and taxes are rounded, unless a benefit says otherwise.",
    )
    rounding_step: int = Field(
        default=1,
        ge=1,
        description="What discounts make is a multiple of so many minor units, such as 10.",
    )
    discount_rounded: Rounded = Field(
        default=Rounded.DISCOUNT,
        description="What a percentage rounds: the `discount`, or the `price` that is left.",
    )
    discount_per: Per = Field(
        default=Per.LINE,
        description="How often a percentage is calculated: each `unit`, each `line`, or once for "
        "`all` lines together.",
    )
    discount_split: SplitMethod = Field(
        default=SplitMethod.LARGEST_REMAINDER,
        description="Which lines get the minor units that a split leaves over.",
    )
    discount_base: PriceBase = Field(
        default=PriceBase.NOW,
        description="Which price a benefit looks at: of the `list`, as `shown` in lists, before "
        "the `lane`, or `now`.",
    )
    skip_goods_on_sale: bool = Field(
        default=False, description="Whether promotions leave out goods with a sale price."
    )
    undiscounted_tags: frozenset[str] = Field(
        default=frozenset(),
        description="Goods with one of these tags are never reduced, such as gift cards (JSON "
        "list).",
    )
    least_unit_price: int = Field(
        default=0,
        ge=0,
        description="The lowest price of a unit in lists, in minor units.",
    )
    least_line_price: int = Field(
        default=0,
        ge=0,
        description="The lowest price of a line of the cart, in minor units. What it cannot take "
        "off moves on to the other lines.",
    )
    lanes: Annotated[tuple[Lane, ...], AfterValidator(_lanes)] = Field(
        default=STANDARD_LANES, description="The order of the steps of a price (JSON list)."
    )
    lane_modes: dict[Lane, LaneMode] = Field(
        default={Lane.CATALOGUE: LaneMode.ALL},
        description="Which promotions of a step of the price apply (JSON object): the `best` for "
        "each line, `all`, or the `first` by priority. A step that is not named takes the best.",
    )
    points_worth: Decimal | None = Field(
        default=None,
        gt=0,
        max_digits=10,
        decimal_places=4,
        description="The minor units that one point is worth when members pay with points; empty: "
        "points do not pay.",
    )
    points_step: int = Field(
        default=1, ge=1, description="Points are spent in multiples of this number."
    )
    points_most_percent: int = Field(
        default=100,
        ge=0,
        le=100,
        description="Points pay at most so many per cent of the goods.",
    )
    partial_return: PartialReturn = Field(
        default=PartialReturn.KEEP,
        description="What a partial return does to the discounts of the goods that stay. `keep`: "
        "nothing. `reprice`: they cost what they would have cost alone, by the rules of the "
        "day of the order.",
    )
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        default=CHINA_ZONE,
        description="The time zone of the weekdays and hours of promotions.",
    )
