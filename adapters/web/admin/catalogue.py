"""Products: list, create, edit and publish them, and count their stock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.admin.listings.products import product_listing
from adapters.web.admin.listings.views import listing_response
from adapters.web.admin.product_form import draft_of, field_values_of, values_of
from adapters.web.admin.submitted_values import ReadForm
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.language import shop_text
from adapters.web.one_time import ONE_TIME
from core.application.catalogue.product_admin import MoveProduct, SaveProduct
from core.application.fields.inputs import inputs_of, texts_of
from core.application.pricing.tax_rates import ListTaxClasses
from core.application.stock import CountStock
from core.domain.catalogue.product import MOVES, Product, ProductState
from core.domain.catalogue.variant import Variant
from core.domain.errors import NotFound
from core.domain.fields.declared import DeclaredFields
from core.domain.fields.field import FieldEditor, FieldOwner
from core.domain.identifiers import LocationCode, Sku
from core.domain.money import Money
from core.domain.shop_permissions import CATALOGUE_CHANGE, CATALOGUE_READ, STOCK_CHANGE
from core.domain.stock import StockLevel
from ports.admin.forms import Form, NumberField, Section
from ports.applied_prices import PriceHistoryQueries
from ports.catalogue.queries import CatalogueQueries, ProductQueries
from ports.unit_of_work import RepeatableUnits

HISTORY_SIZE = 60
"""Records of prices on a product's page; the API and the command line have all of them."""

TEMPLATE = "product.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPage:
    handle: FromPath[str]
    language: Given[str]
    catalogue_queries: Given[CatalogueQueries]
    price_history: Given[PriceHistoryQueries]
    currency: Given[str]
    units: Given[RepeatableUnits]
    list_tax_classes: Given[ListTaxClasses]
    declared_fields: Given[DeclaredFields]

    async def variables(self) -> Mapping[str, Any]:
        """Raises `NotFound`."""
        async with self.units() as unit:
            product = await unit.products.find(self.handle)
            if product is None:
                raise NotFound("product", self.handle)
            levels = await unit.stock.levels([each.sku for each in product.variants])
        tree = await self.catalogue_queries.categories(self.language)
        return {
            "product": product,
            "values": {
                **values_of(product, tree),
                **field_values_of(product, self.declared_fields),
            },
            **_inputs(self.declared_fields, self.language),
            "unproven": [
                each.sku
                for each in product.variants
                if each.compare_at and not each.compare_at_evidence
            ],
            "tree": tree,
            "tax_classes": _with(product.tax_class, await self.list_tax_classes()),
            "levels": _levels_by_sku(product, levels),
            "counted": {},
            "history": await self.price_history.of_product(product.id, HISTORY_SIZE),
            "amount": lambda minor: Money(minor, self.currency),
            "moves": tuple(name for (state, name) in MOVES if state is product.state),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyProductPage:
    language: Given[str]
    catalogue_queries: Given[CatalogueQueries]
    list_tax_classes: Given[ListTaxClasses]
    declared_fields: Given[DeclaredFields]

    async def variables(self) -> Mapping[str, Any]:
        return {
            "product": None,
            **_inputs(self.declared_fields, self.language),
            "tree": await self.catalogue_queries.categories(self.language),
            "tax_classes": await self.list_tax_classes(),
            "levels": (),
            "counted": {},
            "moves": (),
            "unproven": (),
            "history": (),
        }


@get("/products", include_in_schema=False, opt=needs(CATALOGUE_READ))
async def list_products(
    context: Given[AdminContext], product_queries: Given[ProductQueries]
) -> Response[Any]:
    return await listing_response(
        context, product_listing(product_queries), template="products.html"
    )


@get("/products/new", include_in_schema=False, opt=needs(CATALOGUE_READ, CATALOGUE_CHANGE))
async def new(
    context: Given[AdminContext],
    empty_product_page: Given[EmptyProductPage],
    declared_fields: Given[DeclaredFields],
) -> Response[bytes]:
    variables = await empty_product_page.variables()
    owner = FieldOwner.PRODUCT
    defaults = texts_of(declared_fields.of(owner), declared_fields.defaults(owner))
    return context.page(TEMPLATE, **variables, values={"state": ProductState.DRAFT, **defaults})


@post("/products/new", include_in_schema=False, opt=needs(CATALOGUE_READ, CATALOGUE_CHANGE))
async def create(
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    empty_product_page: Given[EmptyProductPage],
    save_product: Given[SaveProduct],
    declared_fields: Given[DeclaredFields],
    currency: Given[str],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, empty_product_page.variables, values=form.values):
        draft = draft_of(form, form.text("handle"), currency, declared_fields)
        await save_product(replace(draft, is_new=True))
    return context.redirect(f"/products/{draft.handle}?done=saved")


@get("/products/{handle:str}", include_in_schema=False, opt=needs(CATALOGUE_READ))
async def show(context: Given[AdminContext], product_page: Given[ProductPage]) -> Response[bytes]:
    return context.page(TEMPLATE, **await product_page.variables())


@post(
    "/products/{handle:str}", include_in_schema=False, opt=needs(CATALOGUE_READ, CATALOGUE_CHANGE)
)
async def change(
    handle: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    product_page: Given[ProductPage],
    save_product: Given[SaveProduct],
    declared_fields: Given[DeclaredFields],
    currency: Given[str],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, product_page.variables, values=form.values):
        await save_product(draft_of(form, handle, currency, declared_fields))
    return context.redirect(f"/products/{handle}?done=saved")


@post(
    "/products/{handle:str}/move",
    include_in_schema=False,
    opt=needs(CATALOGUE_READ, CATALOGUE_CHANGE),
)
async def move(
    handle: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    product_page: Given[ProductPage],
    move_product: Given[MoveProduct],
) -> Response[Any]:
    """``move`` is ``publish``, ``unpublish``, ``archive`` or ``restore``."""
    async with context.form_page(TEMPLATE, product_page.variables):
        await move_product(handle, form.text("move"))
    return context.redirect(f"/products/{handle}?done=moved")


@post(
    "/products/{handle:str}/stock",
    include_in_schema=False,
    opt=needs(CATALOGUE_READ, STOCK_CHANGE) | ONE_TIME,
)
async def count(
    handle: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    product_page: Given[ProductPage],
    read_form: Given[ReadForm],
    count_stock: Given[CountStock],
    location: Given[str],
) -> Response[Any]:
    async with context.form_page(TEMPLATE, product_page.variables, counted=form.values):
        values = read_form(stock_form(), form)
        await count_stock(
            Sku(form.text("sku")),
            LocationCode(form.text("location") or location),
            values["on_hand"],
            values["backorder_limit"] or 0,
        )
    return context.redirect(f"/products/{handle}?done=counted#stock")


def _inputs(declared: DeclaredFields, language: str) -> Mapping[str, Any]:
    """The fields of plugins that staff edit."""
    return {
        f"{owner}_fields": inputs_of(declared.editable(owner, FieldEditor.STAFF), language)
        for owner in (FieldOwner.PRODUCT, FieldOwner.VARIANT)
    }


@cache
def stock_form() -> Form:
    """The fields of one SKU in one warehouse."""
    fields = (
        NumberField(name="on_hand", label=shop_text("On hand"), required=True),
        NumberField(name="backorder_limit", label=shop_text("Backorder limit")),
    )
    return Form(sections=(Section(fields=fields),))


def _with(tax_class: str, classes: tuple[str, ...]) -> tuple[str, ...]:
    """The class of a product can be chosen again, although no rate names it any more."""
    return classes if tax_class in classes else (*classes, tax_class)


def _levels_by_sku(
    product: Product, levels: tuple[StockLevel, ...]
) -> tuple[tuple[Variant, tuple[StockLevel, ...]], ...]:
    """Each variant with its stock levels; a variant without a count has no levels."""
    return tuple(
        (each, tuple(level for level in levels if level.sku == each.sku))
        for each in product.variants
    )


handlers = [list_products, new, create, show, change, move, count]
