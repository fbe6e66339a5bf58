"""Categories, brands, products, their variants and attributes."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc


def create() -> None:
    op.create_table(
        "categories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["categories.id"], name="fk_categories_parent_id"),
        sa.PrimaryKeyConstraint("id", name="pk_categories"),
        sa.UniqueConstraint("slug", name="uq_categories_slug"),
    )
    op.create_index("ix_categories_parent_id", "categories", ["parent_id"])
    op.create_table(
        "brands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_brands"),
        sa.UniqueConstraint("slug", name="uq_brands_slug"),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column("description", Json, nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("tags", Json, nullable=False),
        sa.Column("tag_languages", Json, nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("attributes", Json, nullable=False),
        sa.Column("pictures", Json, nullable=False),
        sa.Column("extras", Json, nullable=False),
        sa.Column("return_exception", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("published_at", Utc, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'archived')", name=op.f("ck_products_state")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name="fk_products_brand_id"),
        sa.ForeignKeyConstraint(["category_id"], ["categories.id"], name="fk_products_category_id"),
        sa.PrimaryKeyConstraint("id", name="pk_products"),
        sa.UniqueConstraint("handle", name="uq_products_handle"),
    )
    op.create_index("ix_products_brand_id", "products", ["brand_id"])
    op.create_index("ix_products_category_id", "products", ["category_id"])
    op.create_index("ix_products_state_created_at", "products", ["state", "created_at", "id"])
    op.create_table(
        "variants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("supplier_sku", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("compare_at_minor", sa.BigInteger(), nullable=True),
        sa.Column("sale_minor", sa.BigInteger(), nullable=True),
        sa.Column("sale_starts_at", Utc, nullable=True),
        sa.Column("sale_ends_at", Utc, nullable=True),
        sa.Column("price_changes_at", Utc, nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("weight_grams", sa.Integer(), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=False),
        sa.Column("height_mm", sa.Integer(), nullable=False),
        sa.Column("barcode", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("extras", Json, nullable=False),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_variants_price")),
        sa.CheckConstraint("weight_grams >= 0", name=op.f("ck_variants_weight")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name="fk_variants_product_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_variants"),
        sa.UniqueConstraint("sku", name="uq_variants_sku"),
    )
    op.create_index("ix_variants_price_changes_at", "variants", ["price_changes_at"])
    op.create_index("ix_variants_supplier_sku", "variants", ["supplier_sku"])
    op.create_index("ix_variants_product_id_position", "variants", ["product_id", "position"])
    op.create_table(
        "attribute_values",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("label", Json, nullable=False),
        sa.PrimaryKeyConstraint("code", "value", name="pk_attribute_values"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
