"""Current prices, those that are compiled, and those of the catalogue with its sales."""

from sqlalchemy import and_, bindparam, case, or_

from adapters.database.catalogue.version import PRICING, version_of
from adapters.database.columns import Utc
from adapters.database.tables.applied_prices import applied_prices, price_compilations
from adapters.database.tables.catalogue import variants
from core.domain.pricing.applied.price_history import PUBLIC

_now = bindparam("now", type_=Utc)


on_sale = and_(
    variants.c.sale_minor < variants.c.price_minor,
    or_(variants.c.sale_starts_at.is_(None), variants.c.sale_starts_at <= _now),
    or_(variants.c.sale_ends_at.is_(None), variants.c.sale_ends_at > _now),
)


price_minor = case((on_sale, variants.c.sale_minor), else_=variants.c.price_minor)


open_price = applied_prices.alias("open_price")


is_open_price = and_(
    open_price.c.sku == variants.c.sku,
    open_price.c.audience == PUBLIC,
    open_price.c.ends_at.is_(None),
)
"""Joins the price that applies for all buyers; a variant that is not compiled yet has none."""


is_compiled = and_(
    open_price.c.minor.is_not(None),
    price_compilations.c.rules_version == version_of(PRICING),
    or_(price_compilations.c.changes_at.is_(None), price_compilations.c.changes_at > _now),
)
"""Whether the open price is that of this moment: nothing that it depends on has changed."""


priced_variants = variants.outerjoin(open_price, is_open_price).outerjoin(
    price_compilations, price_compilations.c.product_id == variants.c.product_id
)
