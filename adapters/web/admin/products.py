"""Products in the back office: list, edit, put on the shelf, count."""

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from adapters.web.admin.desk import Desk
from adapters.web.admin.drafts import draft_of, values_of
from adapters.web.storefront.visit import Form
from core.application.merchandising import MoveProduct, SaveProduct
from core.application.storekeeping import CountStock
from core.domain.catalogue.product import MOVES, Product, ProductState
from core.domain.errors import DomainError, NotFound
from core.domain.identifiers import LocationCode, Sku
from core.domain.stock import StockLevel
from ports.storage.shelf import Catalogue, Shelf
from ports.storage.units import UnitsOfWork

ON_A_PAGE = 50


@get("/products", include_in_schema=False)
async def products(
    desk: NamedDependency[SkipValidation[Desk]],
    catalogue: NamedDependency[SkipValidation[Catalogue]],
) -> Response[bytes]:
    wanted = desk.asked("state")
    state = ProductState(wanted) if wanted in set(ProductState) else None
    rows, cursor = await catalogue.stocked(
        words=desk.asked("q"),
        state=state,
        language=desk.language,
        limit=ON_A_PAGE,
        cursor=desk.asked("cursor"),
    )
    return desk.page(
        "products.html",
        rows=rows,
        cursor=cursor,
        words=desk.asked("q"),
        state=state,
        states=tuple(ProductState),
    )


@get("/products/new", include_in_schema=False)
async def new_product(
    desk: NamedDependency[SkipValidation[Desk]], shelf: NamedDependency[SkipValidation[Shelf]]
) -> Response[bytes]:
    return desk.page(
        "product.html",
        product=None,
        values={"state": ProductState.DRAFT},
        tree=await shelf.categories(desk.language),
        levels=(),
        moves=(),
    )


@post("/products/new", include_in_schema=False)
async def create(
    desk: NamedDependency[SkipValidation[Desk]],
    shelf: NamedDependency[SkipValidation[Shelf]],
    save_product: NamedDependency[SkipValidation[SaveProduct]],
    currency: NamedDependency[str],
) -> Response[Any]:
    form = await Form.of(desk.request)
    try:
        draft = draft_of(form, form.text("handle"), currency)
        await save_product(replace(draft, is_new=True))
    except DomainError as error:
        return desk.refusal(
            "product.html",
            error,
            product=None,
            values=form.values,
            tree=await shelf.categories(desk.language),
            levels=(),
            moves=(),
        )
    return desk.go(f"/products/{draft.handle}?done=saved")


@get("/products/{handle:str}", include_in_schema=False)
async def product(
    handle: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    shelf: NamedDependency[SkipValidation[Shelf]],
    units: NamedDependency[SkipValidation[UnitsOfWork]],
) -> Response[bytes]:
    known, levels = await _load(units, handle)
    tree = await shelf.categories(desk.language)
    return desk.page("product.html", **_context(known, levels, tree, values_of(known, tree)))


@post("/products/{handle:str}", include_in_schema=False)
async def change(
    handle: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    shelf: NamedDependency[SkipValidation[Shelf]],
    units: NamedDependency[SkipValidation[UnitsOfWork]],
    save_product: NamedDependency[SkipValidation[SaveProduct]],
    currency: NamedDependency[str],
) -> Response[Any]:
    form = await Form.of(desk.request)
    try:
        await save_product(draft_of(form, handle, currency))
    except DomainError as error:
        known, levels = await _load(units, handle)
        tree = await shelf.categories(desk.language)
        return desk.refusal("product.html", error, **_context(known, levels, tree, form.values))
    return desk.go(f"/products/{handle}?done=saved")


@post("/products/{handle:str}/move", include_in_schema=False)
async def move(
    handle: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    shelf: NamedDependency[SkipValidation[Shelf]],
    units: NamedDependency[SkipValidation[UnitsOfWork]],
    move_product: NamedDependency[SkipValidation[MoveProduct]],
) -> Response[Any]:
    form = await Form.of(desk.request)
    try:
        await move_product(handle, form.text("move"))
    except DomainError as error:
        known, levels = await _load(units, handle)
        tree = await shelf.categories(desk.language)
        return desk.refusal(
            "product.html", error, **_context(known, levels, tree, values_of(known, tree))
        )
    return desk.go(f"/products/{handle}?done=moved")


@post("/products/{handle:str}/stock", include_in_schema=False)
async def count(
    handle: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    shelf: NamedDependency[SkipValidation[Shelf]],
    units: NamedDependency[SkipValidation[UnitsOfWork]],
    count_stock: NamedDependency[SkipValidation[CountStock]],
    location: NamedDependency[str],
) -> Response[Any]:
    form = await Form.of(desk.request)
    try:
        await count_stock(
            Sku(form.text("sku")),
            LocationCode(form.text("location") or location),
            form.number("on_hand", -1),
            form.number("backorder_limit", 0),
        )
    except DomainError as error:
        known, levels = await _load(units, handle)
        tree = await shelf.categories(desk.language)
        return desk.refusal(
            "product.html", error, **_context(known, levels, tree, values_of(known, tree))
        )
    return desk.go(f"/products/{handle}?done=counted#stock")


async def _load(units: UnitsOfWork, handle: str) -> tuple[Product, tuple[StockLevel, ...]]:
    async with units() as unit:
        known = await unit.products.find(handle)
        if known is None:
            raise NotFound("product", handle)
        return known, await unit.stock.levels([each.sku for each in known.variants])


def _context(
    known: Product, levels: tuple[StockLevel, ...], tree: Any, values: dict[str, str]
) -> dict[str, Any]:
    return {
        "product": known,
        "values": values,
        "tree": tree,
        "levels": _every_level(known, levels),
        "moves": tuple(name for (state, name) in MOVES if state is known.state),
    }


def _every_level(
    known: Product, levels: tuple[StockLevel, ...]
) -> tuple[tuple[str, tuple[StockLevel, ...]], ...]:
    """``(SKU, its levels)``; a SKU that was never counted has none."""
    return tuple(
        (each.sku, tuple(level for level in levels if level.sku == each.sku))
        for each in known.variants
    )


handlers = [products, new_product, create, product, change, move, count]
