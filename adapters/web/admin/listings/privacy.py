"""The list of privacy requests."""

from datetime import datetime

from adapters.web.admin.listings.cells import badge, choices
from adapters.web.admin.listings.slices import rows_of, slice_of
from adapters.web.formatting import moment
from adapters.web.language import shop_text, translator
from core.domain.privacy.request import Applicant, PrivacyRequest, RequestKind
from ports.admin.listings import (
    ChoiceFilter,
    Column,
    ColumnKind,
    Listing,
    ListingPage,
    ListingQuery,
    Row,
    SortBy,
    YesNoFilter,
)
from ports.privacy.requests import PrivacyUnitsOfWork


def request_listing(privacy_units: PrivacyUnitsOfWork, now: datetime) -> Listing:
    """Open requests; closed ones by the filter."""

    async def load(query: ListingQuery) -> ListingPage:
        kind, closed = query.filters.get("kind"), query.filters.get("closed")
        async with privacy_units() as unit:
            page = await unit.privacy.listed(
                slice_of(query),
                kind=RequestKind(str(kind)) if kind else None,
                closed=closed is True,
            )
        return rows_of(page, lambda each: _row(each, now, query.language))

    return Listing(
        title=shop_text("Privacy requests"),
        load=load,
        sort=SortBy("due_at"),
        empty=shop_text("No requests yet."),
        filters=(
            ChoiceFilter(
                name="kind",
                label=shop_text("Type"),
                choices=choices("request_kind", RequestKind),
                any=shop_text("All types"),
            ),
            YesNoFilter(name="closed", label=shop_text("Closed")),
        ),
        columns=(
            Column(key="number", label=shop_text("Request no.")),
            Column(key="kind", label=shop_text("Type")),
            Column(key="state", label=shop_text("Status"), kind=ColumnKind.STATE),
            Column(key="received_at", label=shop_text("Submitted on"), kind=ColumnKind.MOMENT),
            Column(key="due_at", label=shop_text("Due"), sortable=True),
            Column(key="failures", label=shop_text("Problems")),
        ),
    )


def _row(request: PrivacyRequest, now: datetime, language: str) -> Row:
    translate = translator(language)
    kind = badge("request_kind", request.kind).label.in_language(language)
    relative = f" ({translate('by a close relative')})"
    overdue = f" · {translate('Overdue')}"
    is_overdue = not request.is_closed and request.due_at < now
    return Row(
        key=request.number,
        link=f"/admin/privacy/{request.number}",
        cells={
            "number": request.number,
            "kind": kind + (relative if request.applicant is Applicant.RELATIVE else ""),
            "state": badge("request_state", request.state),
            "received_at": request.received_at,
            "due_at": moment(request.due_at, language) + (overdue if is_overdue else ""),
            "failures": ", ".join(request.failures),
        },
    )
