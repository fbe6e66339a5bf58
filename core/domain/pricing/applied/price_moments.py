"""When the prices in lists change by the clock alone: windows, hours and sales."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from core.domain.catalogue.variant import Sale
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.promotions.circumstances import TimeOfWeek, Window
from core.domain.pricing.promotions.conditions import leaves
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.rules import PricingRules
from core.domain.pricing.windows import next_change

DAY = timedelta(days=1)


def next_moment(rules: PricingRules, sales: Iterable[Sale], after: datetime) -> datetime | None:
    """The next moment after ``after`` when a price in lists may change; None if there is none."""
    windows: list[Window | Sale] = list(sales)
    moments = [next_change(each.starts_at, each.ends_at, after) for each in rules.price_lists]
    for promotion in rules.by_lane.get(Lane.CATALOGUE, ()):
        moments.append(next_change(promotion.starts_at, promotion.ends_at, after))
        for condition in leaves(promotion.condition):
            if isinstance(condition, Window):
                windows.append(condition)
            elif isinstance(condition, TimeOfWeek):
                moments.append(_next_hour(promotion, condition, after, rules.settings.time_zone))
    moments += [next_change(each.starts_at, each.ends_at, after) for each in windows]
    return min((each for each in moments if each), default=None)


def moments_between(
    rules: PricingRules, sales: Iterable[Sale], after: datetime, until: datetime
) -> Iterator[datetime]:
    """The moments after ``after`` and up to ``until``, in order."""
    known = tuple(sales)
    moment = next_moment(rules, known, after)
    while moment is not None and moment <= until:
        yield moment
        moment = next_moment(rules, known, moment)


def _next_hour(
    promotion: Promotion, hours: TimeOfWeek, after: datetime, zone: tzinfo
) -> datetime | None:
    """The next time of day at which the hours begin or end, within the promotion's window."""
    if promotion.starts_at and promotion.starts_at > after:
        after = promotion.starts_at
    today = after.astimezone(zone).date()
    moments = (
        datetime.combine(today + days * DAY, each, zone).astimezone(UTC)
        for days in range(2)
        for each in (hours.since, hours.until)
    )
    moment = min(each for each in moments if each > after)
    return None if promotion.ends_at and moment >= promotion.ends_at else moment
