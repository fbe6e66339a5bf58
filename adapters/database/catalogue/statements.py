"""Statements of the storefront: cards, products, variants, offers and facets."""

from sqlalchemy import bindparam, case, func, select

from adapters.database.catalogue.prices import (
    is_compiled,
    on_sale,
    open_price,
    price_minor,
    priced_variants,
)
from adapters.database.catalogue.properties import category_paths, promoted_columns
from adapters.database.stock import statements as stock_statements
from adapters.database.tables.catalogue import (
    attribute_values,
    brands,
    categories,
    products,
    variants,
)
from adapters.database.tables.stock import stock_levels

available = (
    select(func.coalesce(func.sum(stock_statements.available), 0))
    .where(stock_levels.c.sku == variants.c.sku)
    .correlate(variants)
    .scalar_subquery()
)


variant_columns = (
    variants.c.sku,
    variants.c.currency,
    price_minor.label("price_minor"),
    variants.c.compare_at_minor,
    variants.c.compare_at_basis,
    open_price.c.minor.label("applied_minor"),
    open_price.c.source.label("applied_source"),
    open_price.c.prior_minor,
    open_price.c.prior_basis,
    is_compiled.label("is_compiled"),
    on_sale.label("is_on_sale"),
    available.label("available"),
)


_of_cards = variants.c.product_id.in_(bindparam("product_ids", expanding=True))
_each = (
    select(variants.c.product_id, variants.c.position, *variant_columns)
    .select_from(priced_variants)
    .where(_of_cards)
    .subquery()
)
_ranked = select(
    _each,
    func.row_number()
    .over(order_by=(_each.c.applied_minor, _each.c.position), partition_by=_each.c.product_id)
    .label("place"),
    func.max(_each.c.applied_minor).over(partition_by=_each.c.product_id).label("highest_minor"),
    func.max(_each.c.available).over(partition_by=_each.c.product_id).label("most_available"),
    func.min(case((_each.c.is_compiled, 1), else_=0))
    .over(partition_by=_each.c.product_id)
    .label("all_compiled"),
).subquery()

card_query = (
    select(products.c.id, products.c.handle, products.c.title, products.c.pictures, _ranked)
    .join(_ranked, _ranked.c.product_id == products.c.id)
    .where(products.c.state == "published", _ranked.c.place == 1)
)
"""One row for each product, with its variant of the lowest compiled price."""


card_variant_query = (
    select(products.c.id, products.c.handle, *variant_columns, *promoted_columns)
    .select_from(priced_variants)
    .join(products, products.c.id == variants.c.product_id)
    .join(category_paths, category_paths.c.id == products.c.category_id)
    .outerjoin(brands, brands.c.id == products.c.brand_id)
    .where(products.c.state == "published", _of_cards)
    .order_by(variants.c.position)
)
"""One row for each variant, for prices that the engine makes."""


product_query = (
    select(
        products,
        brands.c.name.label("brand"),
        brands.c.slug.label("brand_slug"),
        category_paths.c.path.label("category_path"),
    )
    .join(category_paths, category_paths.c.id == products.c.category_id)
    .outerjoin(brands, brands.c.id == products.c.brand_id)
    .where(products.c.state == "published", products.c.handle == bindparam("handle"))
)


variant_query = (
    select(*variant_columns, variants.c.options, variants.c.picture, variants.c.fields)
    .select_from(priced_variants)
    .where(variants.c.product_id == bindparam("product_id"))
    .order_by(variants.c.position)
)


offer_query = (
    select(
        variants.c.sku,
        variants.c.options.label("chosen"),
        price_minor.label("price_minor"),
        variants.c.currency,
        variants.c.weight_grams,
        variants.c.length_mm,
        variants.c.width_mm,
        variants.c.height_mm,
        variants.c.picture,
        products.c.id.label("product_id"),
        products.c.handle,
        products.c.title,
        products.c.options,
        products.c.pictures,
        products.c.state,
        products.c.return_exception,
        products.c.tax_class,
        available.label("available"),
        on_sale.label("is_on_sale"),
        *promoted_columns,
    )
    .join(products, products.c.id == variants.c.product_id)
    .join(category_paths, category_paths.c.id == products.c.category_id)
    .outerjoin(brands, brands.c.id == products.c.brand_id)
    .where(variants.c.sku.in_(bindparam("skus", expanding=True)))
)


category_query = select(categories).order_by(categories.c.position, categories.c.slug)


newest_query = (
    select(products.c.id)
    .where(products.c.state == "published")
    .order_by(products.c.created_at.desc(), products.c.id.desc())
    .limit(bindparam("most"))
)


published_query = select(func.count()).select_from(products).where(products.c.state == "published")


handle_query = (
    select(products.c.handle)
    .where(products.c.state == "published")
    .order_by(products.c.handle)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)


label_query = select(attribute_values)
