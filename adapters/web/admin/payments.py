"""Reconciliation with the gateways' statements, and messages of gateways that do not fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.admin.listings.payments import message_listing, report_listing
from adapters.web.admin.listings.views import exported, listing_view
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from core.application.payments.gateways import Gateways
from core.application.payments.reconciliation import Reconcile
from core.domain.errors import Invalid, NotFound
from core.domain.shop_permissions import PAYMENTS_READ, PAYMENTS_RECONCILE
from ports.admin.forms import Choice
from ports.admin.listings import Listing
from ports.orders import OrderQueries
from ports.payments.abilities import Ability
from ports.payments.reconciliation import Reconciliations


@dataclass(frozen=True, slots=True)
class ReconciliationsPage:
    context: Given[AdminContext]
    reconciliations: Given[Reconciliations]
    order_queries: Given[OrderQueries]
    gateways: Given[Gateways]

    @property
    def listing(self) -> Listing:
        gateways = [Choice(each.code, each.name) for each in self.gateways.by_code.values()]
        return report_listing(self.reconciliations, gateways)

    async def variables(self) -> Mapping[str, Any]:
        return {
            "view": await listing_view(self.context, self.listing),
            "messages": await listing_view(self.context, message_listing(self.order_queries)),
            "gateways": [
                each
                for each in self.gateways.by_code.values()
                if Ability.STATEMENTS in each.abilities
            ],
            "values": {},
        }


@get("/reconciliations", include_in_schema=False, opt=needs(PAYMENTS_READ))
async def list_reports(
    context: Given[AdminContext], reconciliations_page: Given[ReconciliationsPage]
) -> Response[Any]:
    file = exported(context, reconciliations_page.listing)
    return file or context.page("reconciliations.html", **await reconciliations_page.variables())


@post("/reconciliations", include_in_schema=False, opt=needs(PAYMENTS_READ, PAYMENTS_RECONCILE))
async def create(
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    reconciliations_page: Given[ReconciliationsPage],
    reconcile: Given[Reconcile],
) -> Response[Any]:
    load = reconciliations_page.variables
    async with context.form_page("reconciliations.html", load, values=form.values):
        report = await reconcile(form.text("gateway"), _day(form.text("day")))
    return context.redirect(f"/reconciliations/{report.gateway}/{report.day}")


@get("/reconciliations/{gateway:str}/{day:str}", include_in_schema=False, opt=needs(PAYMENTS_READ))
async def show(
    gateway: FromPath[str],
    day: FromPath[str],
    context: Given[AdminContext],
    reconciliations: Given[Reconciliations],
) -> Response[bytes]:
    report = await reconciliations.report(gateway, _day(day))
    if report is None:
        raise NotFound("report", f"{gateway} {day}")
    return context.page("reconciliation.html", report=report)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("day", "Enter a date such as 2026-11-24.") from error


handlers = [list_reports, create, show]
