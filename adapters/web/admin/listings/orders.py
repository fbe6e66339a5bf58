"""The lists of orders, returns and refunds."""

from datetime import datetime
from functools import partial

from adapters.web.admin.listings.cells import badge, choices
from adapters.web.admin.listings.slices import rows_of, slice_of
from adapters.web.language import shop_text, translator
from adapters.web.names import name_text
from core.domain.orders.states import OrderStage
from core.domain.payments.refund import Refund
from core.domain.returns import Return, ReturnState
from ports.admin.listings import (
    ChoiceFilter,
    Column,
    ColumnKind,
    DateRange,
    DateRangeFilter,
    Link,
    Listing,
    ListingPage,
    ListingQuery,
    Row,
    SearchFilter,
    SortBy,
)
from ports.orders import OrderCriteria, OrderQueries, OrderSummary

MOST_REFUNDS = 100


def order_listing(order_queries: OrderQueries) -> Listing:
    async def load(query: ListingQuery) -> ListingPage:
        page = await order_queries.listed(criteria_of(query), slice_of(query), query.language)
        return rows_of(page, partial(_order_row, language=query.language))

    return Listing(
        title=shop_text("Orders"),
        load=load,
        sort=SortBy("placed_at", descending=True),
        filters=(
            SearchFilter(label=shop_text("Order no., tracking no. or SKU")),
            ChoiceFilter(
                name="state",
                label=shop_text("Status"),
                choices=choices("order_state", OrderStage),
                any=shop_text("All statuses"),
            ),
            DateRangeFilter(name="placed", label=shop_text("Placed on")),
        ),
        columns=(
            Column(key="number", label=shop_text("Order no.")),
            Column(
                key="placed_at",
                label=shop_text("Placed on"),
                kind=ColumnKind.MOMENT,
                sortable=True,
            ),
            Column(key="state", label=shop_text("Status"), kind=ColumnKind.STATE),
            # Personal data stays in the shop.
            Column(key="recipient", label=shop_text("Recipient"), export=False),
            Column(key="items", label=shop_text("Items")),
            Column(key="total", label=shop_text("Total"), kind=ColumnKind.AMOUNT),
        ),
    )


def criteria_of(query: ListingQuery) -> OrderCriteria:
    state, words, days = (query.filters.get(name) for name in ("state", "q", "placed"))
    placed = days if isinstance(days, DateRange) else DateRange()
    return OrderCriteria(
        state=OrderStage(str(state)) if state else None,
        words=str(words or ""),
        since=placed.since,
        until=placed.until,
    )


def _order_row(order: OrderSummary, language: str) -> Row:
    units = translator(language)("{count} items").format(count=order.units)
    return Row(
        key=order.number,
        link=f"/admin/orders/{order.number}",
        cells={
            "number": order.number,
            "placed_at": order.placed_at,
            "state": badge("order_state", order.state),
            "recipient": order.recipient,
            "items": f"{order.title} · {units}",
            "total": order.total,
        },
    )


def return_listing(order_queries: OrderQueries) -> Listing:
    async def load(query: ListingQuery) -> ListingPage:
        state = query.filters.get("state")
        wanted = ReturnState(str(state)) if state else None
        page = await order_queries.listed_returns(wanted, slice_of(query))
        return rows_of(page, _return_row)

    return Listing(
        title=shop_text("Returns"),
        load=load,
        sort=SortBy("requested_at"),
        empty=shop_text("No returns."),
        filters=(
            ChoiceFilter(
                name="state",
                label=shop_text("Status"),
                choices=choices("return_state", ReturnState),
                any=shop_text("Open returns"),
            ),
        ),
        columns=(
            Column(key="number", label=shop_text("Return no.")),
            Column(key="order", label=shop_text("Order no."), kind=ColumnKind.LINK),
            Column(
                key="requested_at",
                label=shop_text("Requested on"),
                kind=ColumnKind.MOMENT,
                sortable=True,
            ),
            Column(key="state", label=shop_text("Status"), kind=ColumnKind.STATE),
            Column(key="reason", label=shop_text("Reason")),
            Column(key="remedy", label=shop_text("Resolution")),
        ),
    )


def _return_row(listed: tuple[Return, str]) -> Row:
    order_return, order = listed
    return Row(
        key=order_return.number,
        link=f"/admin/returns/{order}/{order_return.number}",
        cells={
            "number": order_return.number,
            "order": Link(label=order, path=f"/admin/orders/{order}"),
            "requested_at": order_return.requested_at,
            "state": badge("return_state", order_return.state),
            "reason": name_text("reason_name", order_return.reason),
            "remedy": name_text("reason_name", order_return.remedy),
        },
    )


def refund_listing(order_queries: OrderQueries, now: datetime) -> Listing:
    """Refunds that need attention: there are few, so the list has one page."""

    async def load(_query: ListingQuery) -> ListingPage:
        refunds = await order_queries.refunds_to_check(now, MOST_REFUNDS)
        return ListingPage(rows=tuple(_refund_row(each, number) for each, number in refunds))

    return Listing(
        code="refunds",
        title=shop_text("Refunds that need attention"),
        load=load,
        empty=shop_text("No records."),
        export=False,
        columns=(
            Column(key="order", label=shop_text("Order no."), kind=ColumnKind.LINK),
            Column(key="requested_at", label=shop_text("Requested on"), kind=ColumnKind.MOMENT),
            Column(key="gateway", label=shop_text("Payment provider")),
            Column(key="state", label=shop_text("Status"), kind=ColumnKind.STATE),
            Column(key="failure", label=shop_text("Reason")),
            Column(key="amount", label=shop_text("Amount"), kind=ColumnKind.AMOUNT),
        ),
    )


def _refund_row(refund: Refund, order: str) -> Row:
    return Row(
        key=refund.reference,
        cells={
            "order": Link(label=order, path=f"/admin/orders/{order}#refunds"),
            "requested_at": refund.requested_at,
            "gateway": refund.gateway,
            "state": badge("refund_state", refund.state),
            "failure": refund.failure,
            "amount": refund.amount,
        },
    )
