"""The list of products."""

from adapters.web.admin.listings.cells import badge, choices
from adapters.web.admin.listings.slices import rows_of, slice_of
from adapters.web.language import shop_text
from core.domain.catalogue.product import ProductState
from ports.admin.listings import (
    ChoiceFilter,
    Column,
    ColumnKind,
    Link,
    Listing,
    ListingPage,
    ListingQuery,
    Row,
    SearchFilter,
    SortBy,
)
from ports.catalogue.queries import ProductQueries, ProductSummary


def product_listing(product_queries: ProductQueries) -> Listing:
    async def load(query: ListingQuery) -> ListingPage:
        words, state = query.filters.get("q"), query.filters.get("state")
        wanted = ProductState(str(state)) if state else None
        page = await product_queries.listed(
            str(words or ""), wanted, slice_of(query), query.language
        )
        return rows_of(page, _row)

    return Listing(
        title=shop_text("Products"),
        load=load,
        sort=SortBy("created_at", descending=True),
        filters=(
            SearchFilter(label=shop_text("Title, handle or SKU")),
            ChoiceFilter(
                name="state",
                label=shop_text("Status"),
                choices=choices("product_state", ProductState),
                any=shop_text("All statuses"),
            ),
        ),
        columns=(
            Column(
                key="picture", label=shop_text("Picture"), kind=ColumnKind.PICTURE, export=False
            ),
            Column(key="title", label=shop_text("Title"), kind=ColumnKind.LINK),
            Column(key="handle", label=shop_text("URL handle")),
            Column(
                key="created_at",
                label=shop_text("Created at"),
                kind=ColumnKind.MOMENT,
                sortable=True,
            ),
            Column(key="state", label=shop_text("Status"), kind=ColumnKind.STATE),
            Column(key="variants", label=shop_text("Variants"), kind=ColumnKind.NUMBER),
            Column(key="on_hand", label=shop_text("On hand"), kind=ColumnKind.NUMBER),
            Column(key="reserved", label=shop_text("Reserved"), kind=ColumnKind.NUMBER),
        ),
    )


def _row(product: ProductSummary) -> Row:
    return Row(
        key=product.handle,
        name=product.title,
        cells={
            "picture": product.picture,
            "title": Link(label=product.title, path=f"/admin/products/{product.handle}"),
            "handle": product.handle,
            "created_at": product.created_at,
            "state": badge("product_state", product.state),
            "variants": product.variants,
            "on_hand": product.on_hand,
            "reserved": product.reserved,
        },
    )
