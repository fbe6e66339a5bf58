"""The lists of promotions, coupon batches and price lists."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from adapters.web.admin.listings.cells import badge, choices, period
from adapters.web.admin.listings.slices import cut_out
from adapters.web.language import shop_text
from adapters.web.names import name_text
from core.application.coupons.views import BatchView, ShowBatches
from core.domain.money import Money
from core.domain.pricing.promotions.managed import PromotionState
from core.domain.text import Text
from ports.admin.listings import (
    ChoiceFilter,
    Column,
    ColumnKind,
    Link,
    Listing,
    ListingPage,
    ListingQuery,
    Row,
    SortBy,
)
from ports.pricing import PriceListSummary, PricingQueries, PromotionSummary


def promotion_listing(pricing_queries: PricingQueries, currency: str, now: datetime) -> Listing:
    async def load(query: ListingQuery) -> ListingPage:
        state = query.filters.get("state")
        rows, cursor = await pricing_queries.promotions(
            state=PromotionState(str(state)) if state else None,
            limit=query.limit,
            cursor=query.cursor,
        )
        row = partial(
            _promotion_row, language=query.language, amount=partial(Money, currency=currency)
        )
        return ListingPage(rows=tuple(row(each, now=now) for each in rows), next=cursor)

    return Listing(
        title=shop_text("Promotions"),
        load=load,
        empty=shop_text("There are no promotions here."),
        filters=(
            ChoiceFilter(
                name="state",
                label=shop_text("Status"),
                choices=choices("promotion_state", PromotionState),
                any=shop_text("All statuses"),
            ),
        ),
        columns=(
            Column(key="label", label=shop_text("Promotion"), kind=ColumnKind.LINK),
            Column(key="code", label=shop_text("Promotion code")),
            Column(key="state", label=shop_text("Status"), kind=ColumnKind.STATE),
            Column(key="lane", label=shop_text("Step of the price")),
            Column(key="period", label=shop_text("Period")),
            Column(key="priority", label=shop_text("Priority"), kind=ColumnKind.NUMBER),
            Column(key="orders", label=shop_text("Orders"), kind=ColumnKind.NUMBER),
            Column(key="discount", label=shop_text("Discounts"), kind=ColumnKind.AMOUNT),
            Column(key="revenue", label=shop_text("Revenue"), kind=ColumnKind.AMOUNT),
        ),
    )


def _promotion_row(
    promotion: PromotionSummary, *, language: str, amount: Callable[[int], Money], now: datetime
) -> Row:
    label = promotion.label.in_language(language) or promotion.code
    return Row(
        key=promotion.code,
        name=label,
        cells={
            "label": Link(label=label, path=f"/admin/promotions/{promotion.code}"),
            "code": promotion.code,
            "state": badge("promotion_state", _shown_state(promotion, now)),
            "lane": name_text("lane", promotion.lane),
            "period": period(promotion.starts_at, promotion.ends_at, language),
            "priority": promotion.priority,
            "orders": promotion.use.orders,
            "discount": amount(promotion.use.discount),
            "revenue": amount(promotion.use.revenue),
        },
    )


def _shown_state(promotion: PromotionSummary, now: datetime) -> str:
    """An active promotion applies only in its window."""
    if promotion.state is PromotionState.ACTIVE:
        if promotion.ends_at and promotion.ends_at <= now:
            return "expired"
        if promotion.starts_at and promotion.starts_at > now:
            return "scheduled"
    return promotion.state


def batch_listing(show_batches: ShowBatches) -> Listing:
    async def load(query: ListingQuery) -> ListingPage:
        batches, cursor = await show_batches(query.limit, query.cursor)
        rows = tuple(_batch_row(each, query.language) for each in batches)
        return ListingPage(rows=rows, next=cursor)

    return Listing(
        title=shop_text("Coupon batches"),
        load=load,
        empty=shop_text("There are no coupon batches."),
        columns=(
            Column(key="label", label=shop_text("Batch"), kind=ColumnKind.LINK),
            Column(key="code", label=shop_text("Batch code")),
            Column(key="state", label=shop_text("Status"), kind=ColumnKind.STATE),
            Column(key="promotion", label=shop_text("Promotion"), kind=ColumnKind.LINK),
            Column(key="kind", label=shop_text("Kind")),
            Column(key="period", label=shop_text("Period")),
            Column(key="made", label=shop_text("Coupons"), kind=ColumnKind.NUMBER),
        ),
    )


def _batch_row(batch: BatchView, language: str) -> Row:
    label = Text(batch.label).in_language(language) or batch.code
    return Row(
        key=batch.code,
        name=label,
        cells={
            "label": Link(label=label, path=f"/admin/coupon-batches/{batch.code}"),
            "code": batch.code,
            "state": badge("batch_state", batch.state),
            "promotion": Link(label=batch.promotion, path=f"/admin/promotions/{batch.promotion}"),
            "kind": name_text("coupon_kind", batch.kind),
            "period": period(batch.starts_at, batch.ends_at, language),
            "made": batch.made,
        },
    )


def price_list_listing(pricing_queries: PricingQueries) -> Listing:
    async def load(query: ListingQuery) -> ListingPage:
        summaries = await pricing_queries.price_lists()
        return cut_out([_price_list_row(each, query.language) for each in summaries], query)

    return Listing(
        title=shop_text("Price lists"),
        load=load,
        sort=SortBy("code"),
        empty=shop_text("There are no price lists."),
        columns=(
            Column(key="code", label=shop_text("Price list code"), sortable=True),
            Column(key="rank", label=shop_text("Kind of price"), sortable=True),
            Column(key="groups", label=shop_text("Customer groups"), sortable=True),
            Column(key="period", label=shop_text("Period")),
            Column(key="skus", label=Text({"en": "SKU"}), kind=ColumnKind.NUMBER, sortable=True),
        ),
    )


def _price_list_row(summary: PriceListSummary, language: str) -> Row:
    price_list = summary.price_list
    return Row(
        key=price_list.code,
        link=f"/admin/price-lists/{price_list.code}",
        cells={
            "code": price_list.code,
            "rank": name_text("rank", price_list.rank.name.lower()),
            "groups": " ".join(sorted(price_list.groups)) or None,
            "period": period(price_list.starts_at, price_list.ends_at, language),
            "skus": summary.skus,
        },
    )
