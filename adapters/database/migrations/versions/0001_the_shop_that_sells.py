"""The shop that sells: the whole schema, and the full text of each database."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FULL_TEXT = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_words USING fts5(title, rest, tokenize='unicode61')",
        "CREATE VIRTUAL TABLE search_terms USING fts5vocab(search_words, row)",
    ),
    "postgresql": (
        "CREATE TABLE search_words (document_id integer PRIMARY KEY, words tsvector NOT NULL)",
        (
            "ALTER TABLE search_words ADD FOREIGN KEY (document_id)"
            " REFERENCES search_documents (id) ON DELETE CASCADE"
        ),
        "CREATE INDEX ix_search_words_words ON search_words USING gin (words)",
    ),
}
NO_FULL_TEXT = {
    "sqlite": ("DROP TABLE search_terms", "DROP TABLE search_words"),
    "postgresql": ("DROP TABLE search_words",),
}


def upgrade() -> None:
    op.create_table(
        "attribute_values",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("label", Json, nullable=False),
        sa.PrimaryKeyConstraint("code", "value", name=op.f("pk_attribute_values")),
    )
    op.create_table(
        "brands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brands")),
        sa.UniqueConstraint("slug", name=op.f("uq_brands_slug")),
    )
    op.create_table(
        "categories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["categories.id"], name=op.f("fk_categories_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("slug", name=op.f("uq_categories_slug")),
    )
    op.create_index(op.f("ix_categories_parent_id"), "categories", ["parent_id"], unique=False)

    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("registered_at", Utc, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("login", name=op.f("uq_customers_login")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(
        op.f("ix_idempotency_keys_begun_at"), "idempotency_keys", ["begun_at"], unique=False
    )

    op.create_table(
        "locations",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_locations")),
    )
    op.create_table(
        "notifications",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("gateway", "account", "key", name=op.f("pk_notifications")),
    )
    op.create_index(
        op.f("ix_notifications_received_at"), "notifications", ["received_at"], unique=False
    )

    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Utc, nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at", "id"], unique=False)

    op.create_table(
        "search_documents",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("lowest_price", sa.BigInteger(), nullable=False),
        sa.Column("published_at", Utc, nullable=False),
        sa.Column("in_stock", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("product_id", name=op.f("uq_search_documents_product_id")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)

    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    op.create_table(
        "addresses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("address", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_addresses_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
    )
    op.create_index(
        "ix_addresses_customer_id_position", "addresses", ["customer_id", "position"], unique=False
    )

    op.create_table(
        "carts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("lines", Json, nullable=False),
        sa.Column("delivery", Json, nullable=True),
        sa.Column("updated_at", Utc, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_carts_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carts")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_carts_customer_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_carts_token_hash")),
    )
    op.create_index(op.f("ix_carts_updated_at"), "carts", ["updated_at"], unique=False)

    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("checkout_key", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("address", Json, nullable=False),
        sa.Column("shipping_code", sa.Text(), nullable=False),
        sa.Column("shipping_name", Json, nullable=False),
        sa.Column("shipping_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("placed_at", Utc, nullable=False),
        sa.Column("pay_before", Utc, nullable=False),
        sa.Column("history", Json, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('placed', 'paid', 'shipped', 'delivered', 'cancelled')",
            name=op.f("ck_orders_state"),
        ),
        sa.CheckConstraint("total_minor >= 0", name=op.f("ck_orders_total")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("checkout_key", name=op.f("uq_orders_checkout_key")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    op.create_index(
        "ix_orders_customer_id_placed_at", "orders", ["customer_id", "placed_at"], unique=False
    )
    op.create_index(
        "ix_orders_overdue",
        "orders",
        ["pay_before"],
        unique=False,
        sqlite_where=sa.text("state = 'placed'"),
        postgresql_where=sa.text("state = 'placed'"),
    )
    op.create_index("ix_orders_placed_at", "orders", ["placed_at", "id"], unique=False)
    op.create_index("ix_orders_state_placed_at", "orders", ["state", "placed_at"], unique=False)

    op.create_table(
        "products",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column("description", Json, nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("tags", Json, nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("attributes", Json, nullable=False),
        sa.Column("pictures", Json, nullable=False),
        sa.Column("extras", Json, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("published_at", Utc, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'archived')", name=op.f("ck_products_state")
        ),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_products_brand_id")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_products_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("handle", name=op.f("uq_products_handle")),
    )
    op.create_index(op.f("ix_products_brand_id"), "products", ["brand_id"], unique=False)
    op.create_index(op.f("ix_products_category_id"), "products", ["category_id"], unique=False)
    op.create_index(
        "ix_products_state_created_at", "products", ["state", "created_at", "id"], unique=False
    )

    op.create_table(
        "search_attributes",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["search_documents.id"],
            name=op.f("fk_search_attributes_document_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", "code", "value", name=op.f("pk_search_attributes")),
        sa.UniqueConstraint(
            "code", "value", "document_id", name=op.f("uq_search_attributes_code_value_document_id")
        ),
    )
    op.create_table(
        "search_places",
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("lowest_price", sa.BigInteger(), nullable=False),
        sa.Column("published_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["search_documents.id"],
            name=op.f("fk_search_places_document_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("category_id", "document_id", name=op.f("pk_search_places")),
    )
    op.create_index(
        op.f("ix_search_places_document_id"), "search_places", ["document_id"], unique=False
    )
    op.create_index(
        "ix_search_places_newest",
        "search_places",
        ["category_id", "published_at", "document_id"],
        unique=False,
    )
    op.create_index(
        "ix_search_places_price",
        "search_places",
        ["category_id", "lowest_price", "document_id"],
        unique=False,
    )

    op.create_table(
        "stock_levels",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reserved >= 0 AND reserved <= on_hand", name=op.f("ck_stock_levels_reserved")
        ),
        sa.ForeignKeyConstraint(
            ["location"], ["locations.code"], name=op.f("fk_stock_levels_location")
        ),
        sa.PrimaryKeyConstraint("sku", "location", name=op.f("pk_stock_levels")),
    )
    op.create_table(
        "allocations",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_allocations_quantity")),
        sa.ForeignKeyConstraint(
            ["sku", "location"],
            ["stock_levels.sku", "stock_levels.location"],
            name=op.f("fk_allocations_sku_location"),
        ),
        sa.PrimaryKeyConstraint("order_id", "sku", "location", name=op.f("pk_allocations")),
    )
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_order_lines")),
    )
    op.create_index(op.f("ix_order_lines_product_id"), "order_lines", ["product_id"], unique=False)
    op.create_index(op.f("ix_order_lines_sku"), "order_lines", ["sku"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("expires_at", Utc, nullable=False),
        sa.Column("paid_at", Utc, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('created', 'pending', 'paid', 'closed')", name=op.f("ck_payments_state")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payments_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("reference", name=op.f("uq_payments_reference")),
    )
    op.create_index(op.f("ix_payments_order_id"), "payments", ["order_id"], unique=False)
    op.create_index(
        "uq_payments_open",
        "payments",
        ["order_id", "gateway"],
        unique=True,
        sqlite_where=sa.text("state IN ('created', 'pending')"),
        postgresql_where=sa.text("state IN ('created', 'pending')"),
    )
    op.create_index(
        "uq_payments_provider_reference",
        "payments",
        ["gateway", "account", "provider_reference"],
        unique=True,
        sqlite_where=sa.text("provider_reference <> ''"),
        postgresql_where=sa.text("provider_reference <> ''"),
    )

    op.create_table(
        "shipments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=False),
        sa.Column("shipped_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_shipments_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
    )
    op.create_index(op.f("ix_shipments_order_id"), "shipments", ["order_id"], unique=False)
    op.create_index(
        op.f("ix_shipments_tracking_number"), "shipments", ["tracking_number"], unique=False
    )

    op.create_table(
        "variants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("compare_at_minor", sa.BigInteger(), nullable=True),
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
            ["product_id"], ["products.id"], name=op.f("fk_variants_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
        sa.UniqueConstraint("sku", name=op.f("uq_variants_sku")),
    )
    op.create_index(
        "ix_variants_product_id_position", "variants", ["product_id", "position"], unique=False
    )
    for statement in FULL_TEXT[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for statement in NO_FULL_TEXT[op.get_bind().dialect.name]:
        op.execute(statement)

    op.drop_table("variants")

    op.drop_table("shipments")

    op.drop_table("payments")

    op.drop_table("order_lines")
    op.drop_table("allocations")
    op.drop_table("stock_levels")

    op.drop_table("search_places")
    op.drop_table("search_attributes")

    op.drop_table("products")

    op.drop_table("orders")

    op.drop_table("carts")

    op.drop_table("addresses")
    op.drop_table("staff")

    op.drop_table("sessions")
    op.drop_table("search_documents")

    op.drop_table("outbox")

    op.drop_table("notifications")
    op.drop_table("locations")

    op.drop_table("idempotency_keys")
    op.drop_table("customers")
    op.drop_table("counters")

    op.drop_table("categories")
    op.drop_table("brands")
    op.drop_table("attribute_values")
