"""The first page of the back office: how the shop is doing, and its plugins' health."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from adapters.web.admin.desk import Desk
from core.domain.customer import Duty
from core.domain.money import Money
from ports.clock import Clock
from ports.plugins import PluginReport
from ports.storage.ledgers import DayFigures, OrderLedger

DAYS = 30
CHART_HEIGHT = 120


@dataclass(frozen=True, slots=True)
class Bar:
    """One day in the chart; ``height`` of `CHART_HEIGHT`."""

    day: date
    orders: int
    revenue: Money
    height: int


"""Every plugin with its health; the assembly knows how."""


@get("/", include_in_schema=False)
async def overview(
    desk: NamedDependency[SkipValidation[Desk]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
    plugin_report: NamedDependency[SkipValidation[PluginReport]],
    now: NamedDependency[SkipValidation[Clock]],
    currency: NamedDependency[str],
) -> Response[Any]:
    if desk.colleague.duty is Duty.AUDITOR:
        return desk.go("/evidence")
    today = now()
    figures = await order_ledger.figures(today - timedelta(days=DAYS), currency)
    return desk.page(
        "overview.html",
        counts=await order_ledger.counts(),
        bars=bars_of(figures, today.date(), currency),
        revenue=sum((each.revenue for each in figures), Money.zero(currency)),
        paid=sum(each.orders for each in figures),
        plugins=plugin_report(),
        chart_height=CHART_HEIGHT,
    )


def bars_of(figures: tuple[DayFigures, ...], today: date, currency: str) -> tuple[Bar, ...]:
    """A bar a day, days without orders too, the highest as high as the chart."""
    by_day = {each.day: each for each in figures}
    most = max((each.revenue.minor for each in figures), default=0)
    bars = []
    for back in range(DAYS - 1, -1, -1):
        day = today - timedelta(days=back)
        known = by_day.get(day)
        revenue = known.revenue if known else Money.zero(currency)
        height = round(revenue.minor * CHART_HEIGHT / most) if most else 0
        bars.append(Bar(day, known.orders if known else 0, revenue, height))
    return tuple(bars)


handlers = [overview]
