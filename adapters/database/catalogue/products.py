"""The repository of products, each with its variants."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from adapters.database.catalogue.price_marks import mark_saved
from adapters.database.catalogue.version import increase_version
from adapters.database.documents import (
    attributes_from,
    attributes_to,
    options_from,
    options_to,
    pictures_from,
    pictures_to,
    text_to,
)
from adapters.database.statements import (
    is_unique_violation,
    replace_children,
    save_versioned,
    upsert,
)
from adapters.database.tables.catalogue import (
    attribute_values,
    products,
    variants,
)
from core.domain.catalogue.product import Product, ProductState, ReturnException
from core.domain.catalogue.variant import CompareAtBasis, Sale, Variant
from core.domain.errors import AlreadyExists, NotFound
from core.domain.events import Event
from core.domain.identifiers import ProductId, Sku, VariantId
from core.domain.money import Money
from core.domain.text import Text
from ports.clock import Clock


class SqlProducts:
    def __init__(self, connection: AsyncConnection, events: list[Event], now: Clock) -> None:
        self._connection = connection
        self._events = events
        self._now = now

    async def get(self, product_id: ProductId) -> Product:
        product = await self._load(products.c.id == product_id)
        if product is None:
            raise NotFound("product", product_id)
        return product

    async def find(self, handle: str) -> Product | None:
        return await self._load(products.c.handle == handle)

    async def find_by_sku(self, sku: Sku) -> Product | None:
        owner = select(variants.c.product_id).where(variants.c.sku == sku).scalar_subquery()
        return await self._load(products.c.id == owner)

    async def owners(self, skus: Sequence[Sku]) -> Mapping[Sku, ProductId]:
        rows = await self._connection.execute(
            select(variants.c.sku, variants.c.product_id).where(variants.c.sku.in_(skus))
        )
        return {row.sku: ProductId(row.product_id) for row in rows}

    async def save(self, product: Product) -> None:
        product.version = await save_versioned(
            self._connection,
            products,
            {
                "id": product.id,
                "handle": product.handle,
                "title": text_to(product.title),
                "description": text_to(product.description),
                "category_id": product.category_id,
                "brand_id": product.brand_id,
                "tags": list(product.tags),
                "tag_languages": dict(product.tag_languages),
                "options": options_to(product.options),
                "attributes": attributes_to(product.attributes),
                "pictures": pictures_to(product.pictures),
                "extras": {name: text_to(each) for name, each in product.extras.items()},
                "fields": dict(product.fields),
                "return_exception": product.return_exception and str(product.return_exception),
                "tax_class": product.tax_class,
                "state": str(product.state),
                "created_at": product.created_at,
                "published_at": product.published_at,
            },
            version=product.version,
            kind="product",
            key=product.handle,
        )
        await self._save_variants(product)
        await self._save_attribute_values(product)
        await mark_saved(self._connection, product.id, self._now())
        await increase_version(self._connection)
        self._events += product.events
        product.events.clear()

    async def _load(self, condition: Any) -> Product | None:
        row = await first_row(self._connection, products, condition)
        if row is None:
            return None
        variant_rows = await self._connection.execute(
            select(variants).where(variants.c.product_id == row.id).order_by(variants.c.position)
        )
        return _product(row, tuple(_variant(each) for each in variant_rows))

    async def _save_variants(self, product: Product) -> None:
        rows = [
            _variant_row(product, position, each) for position, each in enumerate(product.variants)
        ]
        try:
            await replace_children(
                self._connection, variants, variants.c.product_id == product.id, rows
            )
        except IntegrityError as error:
            if is_unique_violation(error):
                taken = ", ".join(variant.sku for variant in product.variants[:3])
                raise AlreadyExists("sku", taken) from error
            raise

    async def _save_attribute_values(self, product: Product) -> None:
        rows = [
            {
                "code": document["code"],
                "value": document["value"],
                "kind": document["kind"],
                "name": document["name"],
                "label": document["label"],
            }
            for document in attributes_to(product.attributes)
        ]
        if not rows:
            return
        statement = upsert(self._connection, attribute_values)
        # Another product may have the same value in another language: those texts stay.
        merge: Any = func.json_patch if self._connection.dialect.name == "sqlite" else _concatenate
        await self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["code", "value"],
                set_={
                    name: merge(attribute_values.c[name], statement.excluded[name])
                    for name in ("name", "label")
                },
            ),
            rows,
        )


def _concatenate(before: ColumnElement[Any], after: ColumnElement[Any]) -> ColumnElement[Any]:
    """Merge two JSONB objects."""
    return before.op("||")(after)


async def first_row(connection: AsyncConnection, table: Any, condition: Any) -> Row[Any] | None:
    return (await connection.execute(select(table).where(condition))).first()


def _product(row: Row[Any], own_variants: tuple[Variant, ...]) -> Product:
    return Product(
        id=row.id,
        handle=row.handle,
        title=Text(row.title),
        description=Text(row.description),
        category_id=row.category_id,
        created_at=row.created_at,
        brand_id=row.brand_id,
        tags=tuple(row.tags),
        tag_languages=row.tag_languages,
        options=options_from(row.options),
        variants=own_variants,
        attributes=attributes_from(row.attributes),
        pictures=pictures_from(row.pictures),
        extras={name: Text(each) for name, each in row.extras.items()},
        fields=row.fields,
        return_exception=row.return_exception and ReturnException(row.return_exception),
        tax_class=row.tax_class,
        state=ProductState(row.state),
        published_at=row.published_at,
        version=row.version,
    )


def _variant(row: Row[Any]) -> Variant:
    compare_at = row.compare_at_minor
    return Variant(
        id=VariantId(row.id),
        sku=Sku(row.sku),
        price=Money(row.price_minor, row.currency),
        options=row.options,
        compare_at=None if compare_at is None else Money(compare_at, row.currency),
        compare_at_basis=CompareAtBasis(row.compare_at_basis),
        compare_at_evidence=row.compare_at_evidence,
        sale=sale_of(row),
        supplier_sku=row.supplier_sku,
        weight_grams=row.weight_grams,
        size_mm=(row.length_mm, row.width_mm, row.height_mm),
        barcode=row.barcode,
        picture=row.picture,
        extras=row.extras,
        fields=row.fields,
    )


def sale_of(row: Row[Any]) -> Sale | None:
    if row.sale_minor is None:
        return None
    return Sale(
        price=Money(row.sale_minor, row.currency),
        starts_at=row.sale_starts_at,
        ends_at=row.sale_ends_at,
    )


def _variant_row(product: Product, position: int, variant: Variant) -> dict[str, Any]:
    length, width, height = variant.size_mm
    sale = variant.sale
    return {
        "id": variant.id,
        "product_id": product.id,
        "sku": variant.sku,
        "supplier_sku": variant.supplier_sku,
        "position": position,
        "options": dict(variant.options),
        "price_minor": variant.price.minor,
        "compare_at_minor": None if variant.compare_at is None else variant.compare_at.minor,
        "compare_at_basis": str(variant.compare_at_basis),
        "compare_at_evidence": variant.compare_at_evidence,
        "sale_minor": sale and sale.price.minor,
        "sale_starts_at": sale and sale.starts_at,
        "sale_ends_at": sale and sale.ends_at,
        "currency": variant.price.currency,
        "weight_grams": variant.weight_grams,
        "length_mm": length,
        "width_mm": width,
        "height_mm": height,
        "barcode": variant.barcode,
        "picture": variant.picture,
        "extras": dict(variant.extras),
        "fields": dict(variant.fields),
    }
