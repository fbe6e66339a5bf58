"""The lists of reconciliation reports, and of payment messages that do not fit."""

from collections.abc import Sequence

from adapters.web.admin.listings.slices import rows_of, slice_of
from adapters.web.language import shop_text
from core.domain.payments.reconciliation import Report
from ports.admin.forms import Choice
from ports.admin.listings import (
    ChoiceFilter,
    Column,
    ColumnKind,
    Listing,
    ListingPage,
    ListingQuery,
    Row,
    SortBy,
)
from ports.orders import OrderQueries
from ports.payments.inbox import InboxEntry
from ports.payments.reconciliation import Reconciliations

MOST_MESSAGES = 60


def report_listing(reconciliations: Reconciliations, gateways: Sequence[Choice]) -> Listing:
    async def load(query: ListingQuery) -> ListingPage:
        gateway = str(query.filters.get("gateway", ""))
        return rows_of(await reconciliations.listed(gateway, slice_of(query)), _report_row)

    return Listing(
        code="reports",
        title=shop_text("Reconciliation"),
        load=load,
        sort=SortBy("day", descending=True),
        empty=shop_text("No records."),
        filters=(
            ChoiceFilter(
                name="gateway",
                label=shop_text("Payment provider"),
                choices=tuple(gateways),
                any=shop_text("All payment providers"),
            ),
        ),
        columns=(
            Column(key="day", label=shop_text("Date"), kind=ColumnKind.DATE, sortable=True),
            Column(key="gateway", label=shop_text("Payment provider")),
            Column(key="lines", label=shop_text("Transactions"), kind=ColumnKind.NUMBER),
            Column(key="payments", label=shop_text("Payments"), kind=ColumnKind.AMOUNT),
            Column(key="refunds", label=shop_text("Refunds"), kind=ColumnKind.AMOUNT),
            Column(key="fees", label=shop_text("Fees"), kind=ColumnKind.AMOUNT),
            Column(key="differences", label=shop_text("Differences"), kind=ColumnKind.NUMBER),
        ),
    )


def _report_row(report: Report) -> Row:
    return Row(
        key=f"{report.gateway}.{report.day}",
        link=f"/admin/reconciliations/{report.gateway}/{report.day}",
        cells={
            "day": report.day,
            "gateway": report.gateway,
            "lines": report.lines,
            "payments": report.payments,
            "refunds": report.refunds,
            "fees": report.fees,
            "differences": len(report.differences),
        },
    )


def message_listing(order_queries: OrderQueries) -> Listing:
    """The latest ones: there are few, so the list has one page."""

    async def load(_query: ListingQuery) -> ListingPage:
        entries = await order_queries.quarantined(MOST_MESSAGES)
        return ListingPage(rows=tuple(_message_row(each) for each in entries))

    return Listing(
        code="messages",
        title=shop_text("Unmatched payment messages"),
        load=load,
        empty=shop_text("No records."),
        export=False,
        columns=(
            Column(key="received_at", label=shop_text("Received at"), kind=ColumnKind.MOMENT),
            Column(key="gateway", label=shop_text("Payment provider")),
            Column(key="reference", label=shop_text("Reference no.")),
            Column(key="reason", label=shop_text("Reason")),
        ),
    )


def _message_row(entry: InboxEntry) -> Row:
    return Row(
        key=str(entry.id),
        cells={
            "received_at": entry.received_at,
            "gateway": entry.gateway,
            "reference": entry.reference or entry.key,
            "reason": entry.reason,
        },
    )
