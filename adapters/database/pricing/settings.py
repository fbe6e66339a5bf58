"""Conversion between JSON and the settings of prices, for the rules of the day of an order."""

from adapters.database.documents import Document
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.arithmetic.rounding import Rounding, RoundingMode
from core.domain.pricing.arithmetic.splitting import SplitMethod
from core.domain.pricing.settings import LaneMode, Per, PriceBase, PricingSettings, Rounded
from core.domain.pricing.taxes.rates import TaxZone
from core.domain.pricing.taxes.settings import Abroad, DiscountBasis, Level, TaxBase, TaxSettings


def pricing_settings_to(settings: PricingSettings) -> Document:
    """Without points and the time zone, which no rule of an order asks for after its day."""
    return {
        "lanes": list(settings.lanes),
        "modes": dict(settings.modes),
        "rounding": _rounding_to(settings.rounding),
        "rounded": settings.rounded,
        "per": settings.per,
        "split": settings.split,
        "base": settings.base,
        "least_unit": settings.least_unit,
        "least_line": settings.least_line,
        "skips_goods_on_sale": settings.skips_goods_on_sale,
        "undiscounted_tags": sorted(settings.undiscounted_tags),
        "taxes": _taxes_to(settings.taxes),
    }


def pricing_settings_from(document: Document) -> PricingSettings:
    return PricingSettings(
        lanes=tuple(map(Lane, document["lanes"])),
        modes={Lane(lane): LaneMode(mode) for lane, mode in document["modes"].items()},
        rounding=_rounding_from(document["rounding"]),
        rounded=Rounded(document["rounded"]),
        per=Per(document["per"]),
        split=SplitMethod(document["split"]),
        base=PriceBase(document["base"]),
        least_unit=document["least_unit"],
        least_line=document["least_line"],
        skips_goods_on_sale=document["skips_goods_on_sale"],
        undiscounted_tags=frozenset(document["undiscounted_tags"]),
        taxes=_taxes_from(document["taxes"]),
    )


def _taxes_to(settings: TaxSettings) -> Document:
    return {
        "prices_include_tax": settings.prices_include_tax,
        "origin": [settings.origin.country, settings.origin.region],
        "abroad": settings.abroad,
        "base": settings.base,
        "discount_on": settings.discount_on,
        "percent_of": settings.percent_of,
        "level": settings.level,
        "rounding_level": settings.rounding_level,
        "rounding": _rounding_to(settings.rounding),
    }


def _taxes_from(document: Document) -> TaxSettings:
    return TaxSettings(
        prices_include_tax=document["prices_include_tax"],
        origin=TaxZone(*document["origin"]),
        abroad=Abroad(document["abroad"]),
        base=TaxBase(document["base"]),
        discount_on=DiscountBasis(document["discount_on"]),
        percent_of=DiscountBasis(document["percent_of"]),
        level=Level(document["level"]),
        rounding_level=Level(document["rounding_level"]),
        rounding=_rounding_from(document["rounding"]),
    )


def _rounding_to(rounding: Rounding) -> Document:
    return {"mode": rounding.mode, "step": rounding.step}


def _rounding_from(document: Document) -> Rounding:
    return Rounding(RoundingMode(document["mode"]), document["step"])
