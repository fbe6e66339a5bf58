"""The settings of the price engine from those of the shop."""

from datetime import tzinfo
from fractions import Fraction
from zoneinfo import ZoneInfo

from core.application.taxes.quoting import TaxEngineUse
from core.domain.calendar import CHINA_TIME
from core.domain.pricing.arithmetic.rounding import Rounding
from core.domain.pricing.settings import PointsSettings, PricingSettings
from core.domain.pricing.taxes.rates import TaxZone
from core.domain.pricing.taxes.settings import TaxSettings
from entrepot.price_settings import CHINA_ZONE
from entrepot.settings import Settings


def pricing_settings_of(settings: Settings) -> PricingSettings:
    return PricingSettings(
        lanes=settings.lanes,
        modes=settings.lane_modes,
        rounding=Rounding(settings.rounding, settings.rounding_step),
        rounded=settings.discount_rounded,
        per=settings.discount_per,
        split=settings.discount_split,
        base=settings.discount_base,
        least_unit=settings.least_unit_price,
        least_line=settings.least_line_price,
        skips_goods_on_sale=settings.skip_goods_on_sale,
        undiscounted_tags=settings.undiscounted_tags,
        taxes=tax_settings_of(settings),
        takes_points=settings.points_worth is not None,
        points=PointsSettings(
            worth=Fraction(settings.points_worth or 1),
            step=settings.points_step,
            most_percent=settings.points_most_percent,
        ),
        time_zone=_time_zone(settings.time_zone),
    )


def _time_zone(name: str) -> tzinfo:
    # A machine without a time zone database can serve a shop in China.
    return CHINA_TIME if name == CHINA_ZONE else ZoneInfo(name)


def tax_engine_use_of(settings: Settings) -> TaxEngineUse:
    return TaxEngineUse(is_used=bool(settings.tax_engine), falls_back=settings.tax_engine_fallback)


def tax_settings_of(settings: Settings) -> TaxSettings:
    return TaxSettings(
        prices_include_tax=settings.prices_include_tax,
        origin=TaxZone(*settings.tax_origin.split("/")),
        abroad=settings.tax_abroad,
        base=settings.tax_base,
        discount_on=settings.discount_on,
        percent_of=settings.percent_of,
        level=settings.tax_level,
        rounding_level=settings.tax_rounding_level or settings.tax_level,
        rounding=Rounding(settings.tax_rounding or settings.rounding, settings.tax_rounding_step),
    )
