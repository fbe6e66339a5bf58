"""Categories and products."""

from typing import Annotated

import msgspec
from litestar import get
from litestar.params import FromPath, QueryParameter

from adapters.web.api.pagination import Cursor, Limit
from adapters.web.dependencies import Given
from core.application.catalogue.browsing import BrowseProducts, Listing, ShowProduct
from core.application.pricing.product_prices import Visitor
from core.application.recommendation import SuggestProducts
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import CategoryId
from core.domain.pricing.channels import SalesChannel
from ports.catalogue.queries import CatalogueQueries, CategoryView, ProductCard, ProductView
from ports.search import SearchQuery, Sort

MAX_FILTERS = 20

Filter = Annotated[str, msgspec.Meta(max_length=200)]


@get(
    "/categories",
    operation_id="listCategories",
    summary="List categories",
    tags=["Catalogue"],
)
async def list_categories(
    catalogue_queries: Given[CatalogueQueries], language: Given[str]
) -> tuple[CategoryView, ...]:
    """Parents come before their children; `depth` is 1 at the top."""
    return await catalogue_queries.categories(language)


@get(
    "/products",
    operation_id="listProducts",
    summary="List or search products",
    tags=["Catalogue"],
)
async def list_products(
    browse_products: Given[BrowseProducts],
    catalogue_queries: Given[CatalogueQueries],
    language: Given[str],
    q: Annotated[str, QueryParameter(max_length=200, description="Words to search for.")] = "",
    category: Annotated[str, QueryParameter(max_length=120, description="A category's slug.")] = "",
    filters: Annotated[
        list[Filter] | None,
        QueryParameter(
            name="filter",
            max_items=MAX_FILTERS,
            description="`code:value` of a facet; may be repeated.",
        ),
    ] = None,
    price_min: Annotated[
        int | None, QueryParameter(ge=0, le=10**12, description="Minor units.")
    ] = None,
    price_max: Annotated[
        int | None, QueryParameter(ge=0, le=10**12, description="Minor units.")
    ] = None,
    in_stock: Annotated[bool, QueryParameter(description="Only products in stock.")] = False,  # noqa: FBT002
    sort: Annotated[Sort, QueryParameter(description="Best match by default.")] = Sort.RELEVANCE,
    limit: Limit = 24,
    cursor: Cursor = "",
) -> Listing:
    """Filters with the same code are combined with OR, different codes with AND."""
    return await browse_products(
        SearchQuery(
            words=q,
            category=await category_id(catalogue_queries, category, language) if category else None,
            attributes=attributes_of(filters or []),
            lowest=price_min,
            highest=price_max,
            in_stock=in_stock,
            sort=sort,
            limit=limit,
            cursor=cursor,
        ),
        language,
    )


@get(
    "/products/{handle:str}",
    operation_id="getProduct",
    summary="Get a product",
    tags=["Catalogue"],
)
async def get_product(
    handle: FromPath[str], show_product: Given[ShowProduct], language: Given[str]
) -> ProductView:
    """With every variant, its price in minor units and its available units."""
    return await show_product(handle, language, visitor=Visitor(channel=SalesChannel.API))


@get(
    "/products/{handle:str}/also-bought",
    operation_id="listRelatedProducts",
    summary="List related products",
    tags=["Catalogue"],
)
async def list_related_products(
    handle: FromPath[str],
    show_product: Given[ShowProduct],
    suggest_products: Given[SuggestProducts],
    language: Given[str],
) -> tuple[ProductCard, ...]:
    """Products that other customers bought with it, then best sellers."""
    product = await show_product(handle, language)
    return await suggest_products([product.id], language)


def attributes_of(filters: list[str]) -> dict[str, frozenset[str]]:
    """``["colour:red", "colour:blue"]`` as a mapping of codes to values.

    >>> attributes_of(["size:m"])
    {'size': frozenset({'m'})}
    """
    if len(filters) > MAX_FILTERS:
        raise Invalid("filter", "Use at most {most} filters at once.", most=MAX_FILTERS)
    attributes: dict[str, frozenset[str]] = {}
    for each in filters:
        code, colon, value = each.partition(":")
        if not colon or not code or not value:
            raise Invalid("filter", "Write a filter as code:value, such as colour:red.")
        attributes[code] = attributes.get(code, frozenset()) | {value}
    return attributes


async def category_id(catalogue_queries: CatalogueQueries, slug: str, language: str) -> CategoryId:
    for category in await catalogue_queries.categories(language):
        if category.slug == slug:
            return category.id
    raise NotFound("category", slug)


handlers = [list_categories, list_products, get_product, list_related_products]
