"""Running the shop, for programs: needs a staff session."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import get, post, put
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation

from adapters.web.api.aftersales import RefundView, refund_view
from adapters.web.api.page import Cursor, Limit, Page
from adapters.web.colleagues import access_of, actor_of, admit
from adapters.web.visitors import AnyRequest
from core.application.merchandising import (
    MoveProduct,
    ProductDraft,
    Saved,
    SaveProduct,
    VariantDraft,
)
from core.application.orders import (
    CancelOrder,
    DeliverOrder,
    FindOrder,
    OrderView,
    Parcel,
    ShipOrder,
    order_view,
)
from core.application.refunds import RefundWish, RequestRefund
from core.application.storekeeping import CountStock
from core.domain.catalogue.product import (
    OptionType,
    OptionValue,
    ProductState,
    ReturnException,
)
from core.domain.identifiers import LocationCode, Sku
from core.domain.money import Money
from core.domain.order import OrderStage
from core.domain.refund import RefundReason
from core.domain.text import Text
from ports.media import Media
from ports.storage.ledgers import OrderLedger, OrderSummary, Visitor
from ports.storage.shelf import Catalogue, StockedProduct

Words = Annotated[str, msgspec.Meta(max_length=50_000)]
Texts = dict[Literal["zh", "en"], Words]


class OptionValueBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    name: Texts


class OptionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    name: Texts
    values: Annotated[list[OptionValueBody], msgspec.Meta(min_length=1, max_length=100)]


class VariantBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prices in minor units of the shop's currency; ``on_hand`` counts the stock, if given."""

    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    price: Annotated[int, msgspec.Meta(ge=0, le=10**12)]
    options: dict[str, str] = {}
    compare_at: Annotated[int, msgspec.Meta(ge=0, le=10**12)] | None = None
    weight_grams: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 0
    barcode: Annotated[str, msgspec.Meta(max_length=64)] = ""
    on_hand: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None


class ProductBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole product. What is left out of ``brand``, ``tags`` and ``state`` stays.

    So does ``return_exception``, which says why it cannot be sent back without a reason;
    empty takes it away.
    """

    title: Texts
    category: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    description: Texts = {}
    brand: Annotated[str, msgspec.Meta(max_length=120)] | None = None
    tags: list[str] | None = None
    options: Annotated[list[OptionBody], msgspec.Meta(max_length=3)] = []
    variants: Annotated[list[VariantBody], msgspec.Meta(min_length=1, max_length=250)]
    state: ProductState | None = None
    return_exception: Literal["", "custom_made", "perishable", "digital", "press"] | None = None

    def draft(self, handle: str, currency: str) -> ProductDraft:
        return ProductDraft(
            handle=handle,
            title=texts(self.title),
            category=self.category,
            description=texts(self.description),
            brand=self.brand,
            tags=None if self.tags is None else tuple(self.tags),
            options=tuple(_option(each) for each in self.options),
            variants=tuple(_variant(each, currency) for each in self.variants),
            state=self.state,
            return_exception=ReturnException(self.return_exception)
            if self.return_exception
            else self.return_exception,
        )


class MoveBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    move: Literal["publish", "unpublish", "archive", "restore"]


class StockBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was counted; it cannot be below what open orders wait for.

    ``backorder_limit`` units more may be sold before they arrive; left out, it stays.
    """

    on_hand: Annotated[int, msgspec.Meta(ge=0, le=10**9)]
    backorder_limit: Annotated[int, msgspec.Meta(ge=0, le=10**9)] | None = None
    location: Annotated[str, msgspec.Meta(max_length=60)] | None = None


class ShipmentBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One parcel; without ``quantities`` (units by SKU), all that is still to be sent."""

    carrier: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    tracking_number: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    quantities: dict[str, Annotated[int, msgspec.Meta(ge=1, le=999)]] | None = None

    def parcel(self) -> Parcel:
        return Parcel(
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            quantities=None
            if self.quantities is None
            else {Sku(sku): units for sku, units in self.quantities.items()},
        )


class RefundBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Units by SKU, the shipping, or an ``amount`` in minor units; a reason that is yours."""

    quantities: dict[str, Annotated[int, msgspec.Meta(ge=1, le=999)]] = {}
    shipping: bool = False
    amount: Annotated[int, msgspec.Meta(ge=1, le=10**12)] | None = None


class SavedView(msgspec.Struct, frozen=True):
    result: Saved


@get("/products", summary="List every product", tags=["Back office"])
async def list_stocked(
    catalogue: NamedDependency[SkipValidation[Catalogue]],
    language: NamedDependency[str],
    q: Annotated[str, QueryParameter(max_length=200)] = "",
    in_state: Annotated[ProductState | None, QueryParameter(name="state")] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[StockedProduct]:
    """On the shelf or not, newest first."""
    rows, following = await catalogue.stocked(
        words=q, state=in_state, language=language, limit=limit, cursor=cursor
    )
    return Page(rows, following)


@put("/products/{handle:str}", summary="Create or change a product", tags=["Back office"])
async def save(
    handle: FromPath[str],
    data: JSONBody[ProductBody],
    save_product: NamedDependency[SkipValidation[SaveProduct]],
    currency: NamedDependency[str],
) -> SavedView:
    """Sending the same again changes nothing and says so."""
    return SavedView(await save_product(data.draft(handle, currency)))


@post(
    "/products/{handle:str}/moves",
    summary="Publish, unpublish, archive or restore",
    tags=["Back office"],
    status_code=204,
)
async def move(
    handle: FromPath[str],
    data: JSONBody[MoveBody],
    move_product: NamedDependency[SkipValidation[MoveProduct]],
) -> None:
    await move_product(handle, data.move)


@put("/stock/{sku:str}", summary="Count stock", tags=["Back office"], status_code=204)
async def count(
    sku: FromPath[str],
    data: JSONBody[StockBody],
    count_stock: NamedDependency[SkipValidation[CountStock]],
    location: NamedDependency[str],
) -> None:
    place = LocationCode(data.location or location)
    await count_stock(Sku(sku), place, data.on_hand, data.backorder_limit)


@get("/orders", summary="List orders", tags=["Back office"])
async def list_all_orders(
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
    language: NamedDependency[str],
    q: Annotated[str, QueryParameter(max_length=64)] = "",
    in_state: Annotated[OrderStage | None, QueryParameter(name="state")] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[OrderSummary]:
    """`q` is an order's number, a tracking number or a SKU."""
    rows, following = await order_ledger.list(
        customer_id=None, state=in_state, words=q, language=language, limit=limit, cursor=cursor
    )
    return Page(rows, following)


@get("/orders/{number:str}", summary="Show any order", tags=["Back office"])
async def show_any_order(
    number: FromPath[str],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    colleague: NamedDependency[SkipValidation[Visitor]],
    media: NamedDependency[SkipValidation[Media]],
    language: NamedDependency[str],
) -> OrderView:
    return order_view(await find_order(number, access_of(colleague)), language, media)


@post("/orders/{number:str}/shipments", summary="Ship an order", tags=["Back office"])
async def ship(
    number: FromPath[str],
    data: JSONBody[ShipmentBody],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    colleague: NamedDependency[SkipValidation[Visitor]],
    ship_order: NamedDependency[SkipValidation[ShipOrder]],
    media: NamedDependency[SkipValidation[Media]],
    language: NamedDependency[str],
) -> OrderView:
    order = await find_order(number, access_of(colleague))
    await ship_order(order.id, data.parcel(), actor_of(colleague))
    return order_view(await find_order(number, access_of(colleague)), language, media)


@post(
    "/orders/{number:str}/delivery",
    summary="Mark as delivered",
    tags=["Back office"],
    status_code=200,
)
async def deliver(
    number: FromPath[str],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    colleague: NamedDependency[SkipValidation[Visitor]],
    deliver_order: NamedDependency[SkipValidation[DeliverOrder]],
    media: NamedDependency[SkipValidation[Media]],
    language: NamedDependency[str],
) -> OrderView:
    order = await find_order(number, access_of(colleague))
    await deliver_order(order.id, actor_of(colleague))
    return order_view(await find_order(number, access_of(colleague)), language, media)


@post(
    "/orders/{number:str}/cancel", summary="Cancel any order", tags=["Back office"], status_code=200
)
async def cancel(
    number: FromPath[str],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    colleague: NamedDependency[SkipValidation[Visitor]],
    cancel_order: NamedDependency[SkipValidation[CancelOrder]],
    media: NamedDependency[SkipValidation[Media]],
    language: NamedDependency[str],
) -> OrderView:
    """Before anything of it was sent; what was paid for it goes back."""
    order = await find_order(number, access_of(colleague))
    await cancel_order(order.id, actor_of(colleague))
    return order_view(await find_order(number, access_of(colleague)), language, media)


@post("/orders/{number:str}/refunds", summary="Give money back", tags=["Back office"])
async def refund(
    number: FromPath[str],
    data: JSONBody[RefundBody],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    colleague: NamedDependency[SkipValidation[Visitor]],
    request_refund: NamedDependency[SkipValidation[RequestRefund]],
) -> RefundView:
    """It is written down, and sent by a worker within seconds."""
    order = await find_order(number, access_of(colleague))
    wish = RefundWish(
        reason=RefundReason.GOODWILL,
        actor=actor_of(colleague),
        quantities={Sku(sku): units for sku, units in data.quantities.items()},
        shipping=data.shipping,
        amount=None if data.amount is None else Money(data.amount, order.currency),
    )
    return refund_view(await request_refund(order.id, wish))


async def staff_only(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """A guard: the bearer must be a colleague's session, and what they do is written down."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    state = connection.app.state
    colleague = await state["doorkeeper"].colleague(token.strip())
    if scheme.lower() != "bearer" or colleague is None:
        raise NotAuthorizedException(headers={"www-authenticate": "Bearer"})
    await admit(colleague, connection.scope, state["record_act"])
    connection.state["colleague"] = colleague


def colleague_of(request: AnyRequest) -> Visitor:
    """Who was let in."""
    colleague: Visitor = request.state["colleague"]
    return colleague


def texts(body: Texts) -> Text:
    return Text({str(language): words for language, words in body.items()})


def _option(body: OptionBody) -> OptionType:
    return OptionType(
        body.code,
        texts(body.name),
        tuple(OptionValue(value.code, texts(value.name)) for value in body.values),
    )


def _variant(body: VariantBody, currency: str) -> VariantDraft:
    return VariantDraft(
        sku=Sku(body.sku),
        price=Money(body.price, currency),
        options=body.options,
        compare_at=None if body.compare_at is None else Money(body.compare_at, currency),
        weight_grams=body.weight_grams,
        barcode=body.barcode,
        on_hand=body.on_hand,
    )


handlers = [
    list_stocked,
    save,
    move,
    count,
    list_all_orders,
    show_any_order,
    ship,
    deliver,
    cancel,
    refund,
]
