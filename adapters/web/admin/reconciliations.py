"""Reconciliation in the back office: the reports, and making one."""

from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from adapters.web.admin.desk import Desk
from adapters.web.storefront.visit import Form
from core.application.gateways import Gateways
from core.application.reconciling import Reconcile
from core.domain.errors import DomainError, Invalid, NotFound
from ports.errors import PortError
from ports.payment.abilities import Ability
from ports.storage.accounts import MoneyLedger

ON_A_PAGE = 60


@get("/reconciliations", include_in_schema=False)
async def reconciliations(
    desk: NamedDependency[SkipValidation[Desk]],
    money_ledger: NamedDependency[SkipValidation[MoneyLedger]],
    gateways: NamedDependency[SkipValidation[Gateways]],
) -> Response[bytes]:
    return desk.page("reconciliations.html", **await _context(money_ledger, gateways, {}))


@post("/reconciliations", include_in_schema=False)
async def make(
    desk: NamedDependency[SkipValidation[Desk]],
    money_ledger: NamedDependency[SkipValidation[MoneyLedger]],
    gateways: NamedDependency[SkipValidation[Gateways]],
    reconcile: NamedDependency[SkipValidation[Reconcile]],
) -> Response[Any]:
    form = await Form.of(desk.request)
    try:
        report = await reconcile(form.text("gateway"), _day(form.text("day")))
    except (DomainError, PortError) as error:
        context = await _context(money_ledger, gateways, form.values)
        return desk.refusal("reconciliations.html", error, **context)
    return desk.go(f"/reconciliations/{report.gateway}/{report.day}")


@get("/reconciliations/{gateway:str}/{day:str}", include_in_schema=False)
async def report(
    gateway: FromPath[str],
    day: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    money_ledger: NamedDependency[SkipValidation[MoneyLedger]],
) -> Response[bytes]:
    found = await money_ledger.report(gateway, _day(day))
    if found is None:
        raise NotFound("report", f"{gateway} {day}")
    return desk.page("reconciliation.html", report=found)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("day", "Enter a date such as 2026-11-24.") from error


async def _context(
    money_ledger: MoneyLedger, gateways: Gateways, values: dict[str, str]
) -> dict[str, Any]:
    return {
        "reports": await money_ledger.reports(ON_A_PAGE),
        "gateways": [
            each for each in gateways.by_code.values() if Ability.STATEMENTS in each.abilities
        ],
        "values": values,
    }


handlers = [reconciliations, make, report]
