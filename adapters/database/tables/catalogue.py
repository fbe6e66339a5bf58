"""Tables of categories, brands, products, variants and attributes."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)

from adapters.database.columns import (
    Json,
    Utc,
    currency,
    describes,
    identifier,
    minor,
    texts,
    version,
)
from adapters.database.metadata import metadata

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True, info=describes("a counter")),
    Column("value", Integer, nullable=False, info=describes("how often it changed")),
)


categories = Table(
    "categories",
    metadata,
    identifier(what="a category"),
    Column(
        "parent_id",
        Uuid(),
        ForeignKey("categories.id"),
        index=True,
        info=describes("a category"),
    ),
    Column("slug", Text, nullable=False, unique=True, info=describes("a category")),
    texts("name", what="a category"),
    Column("position", Integer, nullable=False, info=describes("a category")),
    Column("fields", Json, nullable=False, info=describes("a category")),
    version(),
)


brands = Table(
    "brands",
    metadata,
    identifier(what="a brand"),
    Column("slug", Text, nullable=False, unique=True, info=describes("a brand")),
    texts("name", what="a brand"),
    version(),
)


products = Table(
    "products",
    metadata,
    identifier(what="a product"),
    Column("handle", Text, nullable=False, unique=True, info=describes("a product")),
    texts("title", what="a product"),
    texts("description", what="a product"),
    Column(
        "category_id",
        Uuid(),
        ForeignKey("categories.id"),
        nullable=False,
        index=True,
        info=describes("a product"),
    ),
    Column("brand_id", Uuid(), ForeignKey("brands.id"), index=True, info=describes("a product")),
    Column("tags", Json, nullable=False, info=describes("a product")),
    Column("tag_languages", Json, nullable=False, info=describes("a product")),
    Column("options", Json, nullable=False, info=describes("a product")),
    Column("attributes", Json, nullable=False, info=describes("a product")),
    Column("pictures", Json, nullable=False, info=describes("a product")),
    Column("extras", Json, nullable=False, info=describes("a product")),
    Column("fields", Json, nullable=False, info=describes("a product")),
    Column("return_exception", Text, info=describes("a product")),
    Column("tax_class", Text, nullable=False, info=describes("a product")),
    Column("state", Text, nullable=False, info=describes("a product")),
    Column("created_at", Utc, nullable=False, info=describes("a product")),
    Column("published_at", Utc, info=describes("a product")),
    version(),
    CheckConstraint("state IN ('draft', 'published', 'archived')", name="state"),
    Index("ix_products_state_created_at", "state", "created_at", "id"),
)


variants = Table(
    "variants",
    metadata,
    identifier(what="a variant"),
    Column(
        "product_id",
        Uuid(),
        ForeignKey("products.id", ondelete="CASCADE"),
        nullable=False,
        info=describes("a variant"),
    ),
    Column("sku", Text, nullable=False, unique=True, info=describes("a variant")),
    Column("supplier_sku", Text, nullable=False, index=True, info=describes("a variant")),
    Column("position", Integer, nullable=False, info=describes("a variant")),
    Column("options", Json, nullable=False, info=describes("a variant")),
    minor("price_minor", what="a variant"),
    minor("compare_at_minor", what="a variant", nullable=True),
    Column("compare_at_basis", Text, nullable=False, info=describes("a variant")),
    Column("compare_at_evidence", Text, nullable=False, info=describes("a variant")),
    minor("sale_minor", what="a variant", nullable=True),
    Column("sale_starts_at", Utc, info=describes("a variant")),
    Column("sale_ends_at", Utc, info=describes("a variant")),
    currency(),
    Column("weight_grams", Integer, nullable=False, info=describes("a variant")),
    Column("length_mm", Integer, nullable=False, info=describes("a variant")),
    Column("width_mm", Integer, nullable=False, info=describes("a variant")),
    Column("height_mm", Integer, nullable=False, info=describes("a variant")),
    Column("barcode", Text, nullable=False, info=describes("a variant")),
    Column("picture", Text, nullable=False, info=describes("a variant")),
    Column("extras", Json, nullable=False, info=describes("a variant")),
    Column("fields", Json, nullable=False, info=describes("a variant")),
    CheckConstraint("price_minor >= 0", name="price"),
    CheckConstraint("weight_grams >= 0", name="weight"),
    Index("ix_variants_product_id_position", "product_id", "position"),
)


attribute_values = Table(
    "attribute_values",
    metadata,
    Column("code", Text, primary_key=True, info=describes("a filter")),
    Column("value", Text, primary_key=True, info=describes("a filter")),
    Column("kind", Text, nullable=False, info=describes("a filter")),
    texts("name", what="a filter"),
    texts("label", what="a filter"),
)
