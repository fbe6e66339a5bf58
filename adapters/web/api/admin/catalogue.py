"""Products in every state: list, save and publish them."""

from contextlib import suppress
from typing import Annotated, Literal

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from adapters.web.access.requirements import needs
from adapters.web.api.body import Body, Code, FieldsBody, MinorUnits, SkuText, Texts
from adapters.web.api.pagination import Cursor, Limit, Page
from adapters.web.dependencies import Given
from core.application.catalogue.drafts import ProductDraft, Saved, VariantDraft
from core.application.catalogue.product_admin import MoveProduct, SaveProduct
from core.domain.catalogue.product import ProductState, ReturnException
from core.domain.catalogue.variant import OptionType, OptionValue
from core.domain.errors import AlreadyDone, NotAllowed
from core.domain.identifiers import Sku
from core.domain.money import Money
from core.domain.shop_permissions import CATALOGUE_CHANGE, CATALOGUE_READ, STOCK_CHANGE
from ports.catalogue.queries import ProductQueries, ProductSummary
from ports.sessions import Principal


class OptionValueBody(Body, frozen=True, kw_only=True):
    code: Code
    name: Texts


class OptionBody(Body, frozen=True, kw_only=True):
    code: Code
    name: Texts
    values: Annotated[list[OptionValueBody], msgspec.Meta(min_length=1, max_length=100)]


class VariantBody(Body, frozen=True, kw_only=True):
    """Prices in minor units of the shop's currency; ``on_hand`` sets the counted stock.

    ``compare_at`` is shown if ``suggested_by`` names the document, or the address, that proves it
    to be the suggested retail price of the manufacturer. It is never shown as a former price.
    """

    sku: SkuText
    price: MinorUnits
    options: Annotated[dict[Code, Code], msgspec.Meta(max_length=3)] = msgspec.field(
        default_factory=dict
    )
    compare_at: MinorUnits | None = None
    suggested_by: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    weight_grams: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 0
    barcode: Annotated[str, msgspec.Meta(max_length=64)] = ""
    on_hand: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None
    fields: FieldsBody | None = None


class ProductBody(Body, frozen=True, kw_only=True):
    """The complete product.

    ``brand``, ``tags``, ``state``, ``return_exception``, ``tax_class`` and each of the ``fields``
    of plugins keep their value if omitted. ``tax_class`` is ``standard``, ``exempt`` or a class
    that the tax rates name.
    ``return_exception`` is the reason why the product is excluded from returns without a
    reason; an empty one removes the exclusion.
    """

    title: Texts
    category: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    description: Texts = msgspec.field(default_factory=Texts)
    brand: Annotated[str, msgspec.Meta(max_length=120)] | None = None
    tags: Annotated[list[Code], msgspec.Meta(max_length=100)] | None = None
    options: Annotated[list[OptionBody], msgspec.Meta(max_length=3)] = msgspec.field(
        default_factory=list
    )
    variants: Annotated[list[VariantBody], msgspec.Meta(min_length=1, max_length=250)]
    state: ProductState | None = None
    return_exception: Literal["", "custom_made", "perishable", "digital", "press"] | None = None
    tax_class: Code | None = None
    fields: FieldsBody | None = None

    def draft(self, handle: str, currency: str) -> ProductDraft:
        return ProductDraft(
            handle=handle,
            title=self.title.text(),
            category=self.category,
            description=self.description.text(),
            brand=self.brand,
            tags=None if self.tags is None else tuple(self.tags),
            options=tuple(_option(each) for each in self.options),
            variants=tuple(_variant(each, currency) for each in self.variants),
            state=self.state,
            return_exception=ReturnException(self.return_exception)
            if self.return_exception
            else self.return_exception,
            tax_class=self.tax_class,
            fields=self.fields,
        )


class MoveBody(Body, frozen=True, kw_only=True):
    move: Literal["publish", "unpublish", "archive", "restore"]


class SaveResult(msgspec.Struct, frozen=True):
    """``missing``: units that open orders need and that ``on_hand`` does not cover, by SKU."""

    result: Saved
    missing: dict[Sku, int]


@get(
    "/products",
    operation_id="listAllProducts",
    summary="List all products",
    tags=["Back office"],
    opt=needs(CATALOGUE_READ),
)
async def list_products(
    product_queries: Given[ProductQueries],
    language: Given[str],
    q: Annotated[str, QueryParameter(max_length=200)] = "",
    in_state: Annotated[ProductState | None, QueryParameter(name="state")] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[ProductSummary]:
    """In every state, newest first."""
    rows, next_cursor = await product_queries.list(
        words=q, state=in_state, language=language, limit=limit, cursor=cursor
    )
    return Page(rows, next_cursor)


@put(
    "/products/{handle:str}",
    operation_id="saveProduct",
    summary="Create or update a product",
    tags=["Back office"],
    opt=needs(CATALOGUE_READ, CATALOGUE_CHANGE),
)
async def save(
    handle: FromPath[str],
    data: JSONBody[ProductBody],
    save_product: Given[SaveProduct],
    currency: Given[str],
    staff: Given[Principal],
) -> SaveResult:
    """`result` says if the product was created, changed or already the same.

    ``on_hand`` needs the permission ``stock.change`` too.
    """
    counted = any(each.on_hand is not None for each in data.variants)
    if counted and not staff.can(STOCK_CHANGE.code):
        raise NotAllowed
    saved = await save_product(data.draft(handle, currency))
    return SaveResult(saved.result, {level.sku: level.missing for level in saved.short})


@post(
    "/products/{handle:str}/moves",
    operation_id="changeProductState",
    summary="Publish, unpublish, archive or restore a product",
    tags=["Back office"],
    status_code=204,
    opt=needs(CATALOGUE_READ, CATALOGUE_CHANGE),
)
async def move(
    handle: FromPath[str], data: JSONBody[MoveBody], move_product: Given[MoveProduct]
) -> None:
    with suppress(AlreadyDone):
        await move_product(handle, data.move)


def _option(body: OptionBody) -> OptionType:
    return OptionType(
        body.code,
        body.name.text(),
        tuple(OptionValue(value.code, value.name.text()) for value in body.values),
    )


def _variant(body: VariantBody, currency: str) -> VariantDraft:
    return VariantDraft(
        sku=Sku(body.sku),
        price=Money(body.price, currency),
        options=body.options,
        compare_at=None if body.compare_at is None else Money(body.compare_at, currency),
        suggested_by=body.suggested_by,
        weight_grams=body.weight_grams,
        barcode=body.barcode,
        on_hand=body.on_hand,
        fields=body.fields,
    )


handlers = [list_products, save, move]
