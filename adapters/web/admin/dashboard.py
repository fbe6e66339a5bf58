"""The first page of the back office: sales figures, health of the plugins, and jobs."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from litestar import Response, get

from adapters.web.admin.context import AdminContext
from adapters.web.dependencies import Given
from core.application.jobs.states import ListJobs
from core.domain.calendar import day_of
from core.domain.money import Money
from core.domain.shop_permissions import DASHBOARD_READ
from ports.clock import Clock
from ports.orders import DayFigures, OrderQueries
from ports.plugins import PluginReport

DAYS = 30
CHART_HEIGHT = 120
MOST_REFUNDS = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """One day in the chart; ``height`` is at most `CHART_HEIGHT`."""

    day: date
    orders: int
    revenue: Money
    height: int


@get("/", include_in_schema=False)
async def show(
    context: Given[AdminContext],
    order_queries: Given[OrderQueries],
    plugin_report: Given[PluginReport],
    list_jobs: Given[ListJobs],
    now: Given[Clock],
    currency: Given[str],
) -> Response[Any]:
    if not context.can(DASHBOARD_READ):
        return context.first_page()
    today = day_of(now())
    figures = await order_queries.figures(today - timedelta(days=DAYS - 1), currency)
    return context.page(
        "overview.html",
        counts=await order_queries.counts(),
        refunds_to_check=len(await order_queries.refunds_to_check(now(), MOST_REFUNDS)),
        most_refunds=MOST_REFUNDS,
        bars=bars_of(figures, today, currency),
        revenue=sum((each.revenue for each in figures), Money.zero(currency)),
        paid=sum(each.orders for each in figures),
        plugins=plugin_report(),
        jobs=await list_jobs(),
        chart_height=CHART_HEIGHT,
    )


def bars_of(figures: tuple[DayFigures, ...], today: date, currency: str) -> tuple[Bar, ...]:
    """One bar per day, also for days without orders; the highest revenue has the full height."""
    by_day = {each.day: each for each in figures}
    highest = max((each.revenue.minor for each in figures), default=0)
    bars = []
    for days_ago in range(DAYS - 1, -1, -1):
        day = today - timedelta(days=days_ago)
        day_figures = by_day.get(day)
        revenue = day_figures.revenue if day_figures else Money.zero(currency)
        height = round(revenue.minor * CHART_HEIGHT / highest) if highest else 0
        bars.append(Bar(day, day_figures.orders if day_figures else 0, revenue, height))
    return tuple(bars)


handlers = [show]
