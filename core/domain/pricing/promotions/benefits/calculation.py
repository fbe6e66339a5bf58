"""How the discount of a benefit is calculated, rounded and split."""

from dataclasses import dataclass, field
from typing import NamedTuple

from core.domain.errors import Invalid
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.arithmetic.rounding import Rounding, RoundingMode
from core.domain.pricing.arithmetic.splitting import SplitMethod
from core.domain.pricing.calculation.worksheet import Worksheet
from core.domain.pricing.promotions.arguments import ArgumentType, argument
from core.domain.pricing.settings import Per, PriceBase, Rounded


class Terms(NamedTuple):
    """The choices of a benefit, completed by the settings.

    ``per`` is the choice of the benefit; without one, the reduction decides, then ``usual_per``.
    """

    rounding: Rounding
    rounded: Rounded
    per: Per | None
    usual_per: Per
    split: SplitMethod
    base: PriceBase
    skips_goods_on_sale: bool

    def for_base(self, base: PriceBase | None) -> "Terms":
        """The terms on another price; None keeps theirs."""
        return self if base is None else self._replace(base=base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """Choices of one benefit; None takes the setting of the shop."""

    rounding: RoundingMode | None = field(
        default=None, metadata=argument("Rounding", ArgumentType.CHOICE, RoundingMode)
    )
    step: int | None = field(default=None, metadata=argument("Round to", ArgumentType.NUMBER))
    rounded: Rounded | None = field(
        default=None, metadata=argument("What is rounded", ArgumentType.CHOICE, Rounded)
    )
    per: Per | None = field(
        default=None, metadata=argument("Calculated for each", ArgumentType.CHOICE, Per)
    )
    split: SplitMethod | None = field(
        default=None, metadata=argument("How it is split", ArgumentType.CHOICE, SplitMethod)
    )
    base: PriceBase | None = field(
        default=None, metadata=argument("Which price", ArgumentType.CHOICE, PriceBase)
    )
    skips_goods_on_sale: bool | None = field(
        default=None, metadata=argument("Skip goods on sale", ArgumentType.FLAG)
    )

    def __post_init__(self) -> None:
        if self.step is not None and self.step < 1:
            raise Invalid("step", "The rounding step must be at least one minor unit.")

    def terms(self, sheet: Worksheet) -> Terms:
        """In the catalogue lane each unit is calculated: its price is shown in lists."""
        settings = sheet.settings
        rounding = settings.rounding
        if self.rounding or self.step:
            rounding = Rounding(self.rounding or rounding.mode, self.step or rounding.step)
        skips = self.skips_goods_on_sale
        return Terms(
            rounding,
            self.rounded or settings.rounded,
            Per.UNIT if sheet.lane is Lane.CATALOGUE else self.per,
            settings.per,
            self.split or settings.split,
            self.base or settings.base,
            settings.skips_goods_on_sale if skips is None else skips,
        )


STANDARD = Calculation()
