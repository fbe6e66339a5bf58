"""Points as money: an adjustment after all promotions, before taxes (积分抵现)."""

from core.domain.money import Money
from core.domain.pricing.adjustments import Adjustment, Lane
from core.domain.pricing.calculation.stated_amounts import split_stated, stated_sum
from core.domain.pricing.calculation.worksheet import Part, Worksheet
from core.domain.text import Text

SOURCE = "points"
LABEL = Text({"zh": "积分抵现", "en": "Points"})


def spend_points(sheet: Worksheet) -> int:
    """Take the worth of points off the goods, in proportion. Returns how many points."""
    request, settings = sheet.request, sheet.settings.points
    if not request.points:
        return 0
    sheet.begin(Lane.POINTS)
    rows = [row for row in sheet.payable_rows(Lane.POINTS) if sheet.capacities[row]]
    weights = [sheet.now.totals[row] for row in rows]
    limits = [sheet.capacities[row] for row in rows]
    bearable, goods = stated_sum(sheet, rows, limits), stated_sum(sheet, rows, weights)
    most = min(bearable, goods * settings.most_percent // 100)
    points = min(request.points, int(most / settings.worth))
    points -= points % settings.step
    worth = int(points * settings.worth)
    if worth < 1:
        return 0
    shares = split_stated(sheet, worth, rows, weights, limits, sheet.settings.split)
    for row, share in zip(rows, shares, strict=True):
        adjustment = Adjustment(
            source=SOURCE,
            lane=Lane.POINTS,
            label=LABEL,
            amount=Money(-share, request.currency),
        )
        if share:
            sheet.take_off(row, Part(share), [adjustment])
    return points
