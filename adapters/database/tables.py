"""Every table of the core, with the constraints that hold whatever the code does."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from adapters.database.columns import (
    Json,
    Utc,
    currency,
    describes,
    identifier,
    minor,
    not_personal,
    pii,
    texts,
    version,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# What the shop offers

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True, info=describes("what is counted")),
    Column("value", Integer, nullable=False, info=describes("how often it changed")),
)

locations = Table(
    "locations",
    metadata,
    Column("code", Text, primary_key=True, info=describes("a warehouse or shop")),
    texts("name", what="a warehouse or shop"),
    Column("position", Integer, nullable=False, info=describes("which is preferred")),
    Column("region", Text, nullable=False, info=describes("a warehouse or shop")),
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
    Column("options", Json, nullable=False, info=describes("a product")),
    Column("attributes", Json, nullable=False, info=describes("a product")),
    Column("pictures", Json, nullable=False, info=describes("a product")),
    Column("extras", Json, nullable=False, info=describes("a product")),
    Column("return_exception", Text, info=describes("a product")),
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
    Column("position", Integer, nullable=False, info=describes("a variant")),
    Column("options", Json, nullable=False, info=describes("a variant")),
    minor("price_minor", what="a variant"),
    minor("compare_at_minor", what="a variant", nullable=True),
    currency(),
    Column("weight_grams", Integer, nullable=False, info=describes("a variant")),
    Column("length_mm", Integer, nullable=False, info=describes("a variant")),
    Column("width_mm", Integer, nullable=False, info=describes("a variant")),
    Column("height_mm", Integer, nullable=False, info=describes("a variant")),
    Column("barcode", Text, nullable=False, info=describes("a variant")),
    Column("picture", Text, nullable=False, info=describes("a variant")),
    Column("extras", Json, nullable=False, info=describes("a variant")),
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

# What there is of it

stock_levels = Table(
    "stock_levels",
    metadata,
    Column("sku", Text, primary_key=True, info=describes("stock")),
    Column(
        "location",
        Text,
        ForeignKey("locations.code"),
        primary_key=True,
        info=describes("stock"),
    ),
    Column("on_hand", Integer, nullable=False, info=describes("stock")),
    Column("reserved", Integer, nullable=False, info=describes("stock")),
    Column("allocated", Integer, nullable=False, info=describes("stock")),
    Column("backorder_limit", Integer, nullable=False, info=describes("stock")),
    CheckConstraint(
        "on_hand >= 0 AND reserved >= 0 AND allocated >= 0"
        " AND reserved + allocated <= on_hand + backorder_limit",
        name="reserved",
    ),
)

reservations = Table(
    "reservations",
    metadata,
    Column("order_id", Uuid(), primary_key=True, info=describes("units set aside")),
    Column("sku", Text, primary_key=True, info=describes("units set aside")),
    Column("location", Text, primary_key=True, info=describes("units set aside")),
    Column("quantity", Integer, nullable=False, info=describes("units set aside")),
    Column("expires_at", Utc, nullable=False, info=describes("units set aside")),
    ForeignKeyConstraint(["sku", "location"], ["stock_levels.sku", "stock_levels.location"]),
    CheckConstraint("quantity > 0", name="quantity"),
)

allocations = Table(
    "allocations",
    metadata,
    Column("order_id", Uuid(), primary_key=True, info=describes("units set aside")),
    Column("sku", Text, primary_key=True, info=describes("units set aside")),
    Column("location", Text, primary_key=True, info=describes("units set aside")),
    Column("quantity", Integer, nullable=False, info=describes("units set aside")),
    ForeignKeyConstraint(["sku", "location"], ["stock_levels.sku", "stock_levels.location"]),
    CheckConstraint("quantity > 0", name="quantity"),
)

stock_movements = Table(
    "stock_movements",
    metadata,
    identifier(what="a movement"),
    Column("sku", Text, nullable=False, info=describes("a movement")),
    Column("location", Text, nullable=False, info=describes("a movement")),
    Column("kind", Text, nullable=False, info=describes("a movement")),
    Column("on_hand", Integer, nullable=False, info=describes("a movement")),
    Column("reserved", Integer, nullable=False, info=describes("a movement")),
    Column("allocated", Integer, nullable=False, info=describes("a movement")),
    Column("cause", Text, nullable=False, info=not_personal("opaque number of an order or return")),
    Column("at", Utc, nullable=False, info=describes("a movement")),
    Index("ix_stock_movements_sku", "sku", "id"),
    Index(
        "uq_stock_movements_restock",
        "cause",
        "sku",
        "location",
        unique=True,
        sqlite_where=text("kind = 'restock'"),
        postgresql_where=text("kind = 'restock'"),
    ),
)

# People

customers = Table(
    "customers",
    metadata,
    identifier(what="a customer's opaque number"),
    Column("login", Text, nullable=False, unique=True, info=pii("contact")),
    Column("password_hash", Text, nullable=False, info=pii("credential")),
    Column("name", Text, nullable=False, info=pii("contact")),
    Column("language", Text, nullable=False, info=pii("preference")),
    Column("registered_at", Utc, nullable=False, info=pii("behaviour")),
    version(),
)

addresses = Table(
    "addresses",
    metadata,
    identifier(what="an entry's opaque number"),
    Column(
        "customer_id",
        Uuid(),
        ForeignKey("customers.id", ondelete="CASCADE"),
        nullable=False,
        info=pii("link to a person"),
    ),
    Column("position", Integer, nullable=False, info=not_personal("orders the entries")),
    Column("address", Json, nullable=False, info=pii("address")),
    Index("ix_addresses_customer_id_position", "customer_id", "position"),
)

staff = Table(
    "staff",
    metadata,
    identifier(what="a colleague's opaque number"),
    Column("login", Text, nullable=False, unique=True, info=pii("contact")),
    Column("password_hash", Text, nullable=False, info=pii("credential")),
    Column("name", Text, nullable=False, info=pii("contact")),
    version(),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True, info=pii("credential")),
    Column("role", Text, nullable=False, info=not_personal("customer or staff")),
    Column("person_id", Uuid(), nullable=False, index=True, info=pii("link to a person")),
    Column("expires_at", Utc, nullable=False, index=True, info=not_personal("when a log-in ends")),
)

# Trade

carts = Table(
    "carts",
    metadata,
    identifier(what="a cart"),
    Column("token_hash", Text, nullable=False, unique=True, info=pii("credential")),
    Column(
        "customer_id",
        Uuid(),
        ForeignKey("customers.id", ondelete="CASCADE"),
        unique=True,
        info=pii("link to a person"),
    ),
    currency(),
    Column("lines", Json, nullable=False, info=pii("behaviour")),
    Column("delivery", Json, info=pii("address")),
    Column("updated_at", Utc, nullable=False, index=True, info=pii("behaviour")),
    version(),
)

orders = Table(
    "orders",
    metadata,
    identifier(what="an order"),
    Column("number", Text, nullable=False, unique=True, info=not_personal("random digits")),
    Column("checkout_key", Text, nullable=False, unique=True, info=not_personal("random")),
    Column("customer_id", Uuid(), ForeignKey("customers.id"), info=pii("link to a person")),
    Column("contact", Text, nullable=False, info=pii("contact")),
    Column("address", Json, nullable=False, info=pii("address")),
    Column("shipping_code", Text, nullable=False, info=describes("an order")),
    texts("shipping_name", what="a way of shipping"),
    minor("shipping_minor", what="an order"),
    minor("total_minor", what="an order"),
    currency(),
    Column("language", Text, nullable=False, info=pii("preference")),
    Column("state", Text, nullable=False, info=describes("an order")),
    Column("fulfillment", Text, nullable=False, info=describes("an order")),
    Column("replaces", Uuid(), ForeignKey("orders.id"), index=True, info=describes("an order")),
    Column("placed_at", Utc, nullable=False, info=pii("behaviour")),
    Column("pay_before", Utc, nullable=False, info=describes("an order")),
    Column("expire_at", Utc, nullable=False, info=describes("an order")),
    Column("history", Json, nullable=False, info=pii("behaviour")),
    version(),
    CheckConstraint("state IN ('placed', 'paid', 'completed', 'cancelled')", name="state"),
    CheckConstraint(
        "fulfillment IN ('unfulfilled', 'partly_shipped', 'shipped', 'delivered')",
        name="fulfillment",
    ),
    CheckConstraint("total_minor >= 0", name="total"),
    Index("ix_orders_customer_id_placed_at", "customer_id", "placed_at"),
    Index("ix_orders_state_placed_at", "state", "fulfillment", "placed_at"),
    Index("ix_orders_placed_at", "placed_at", "id"),
    Index(
        "ix_orders_overdue",
        "expire_at",
        sqlite_where=text("state = 'placed'"),
        postgresql_where=text("state = 'placed'"),
    ),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column(
        "order_id",
        Uuid(),
        ForeignKey("orders.id", ondelete="CASCADE"),
        primary_key=True,
        info=describes("an order line"),
    ),
    Column("position", Integer, primary_key=True, info=describes("an order line")),
    Column("sku", Text, nullable=False, index=True, info=describes("an order line")),
    Column("product_id", Uuid(), nullable=False, index=True, info=describes("an order line")),
    texts("title", what="an order line"),
    texts("options", what="an order line"),
    Column("quantity", Integer, nullable=False, info=describes("an order line")),
    minor("unit_price_minor", what="an order line"),
    Column("picture", Text, nullable=False, info=describes("an order line")),
    Column("return_exception", Text, nullable=False, info=describes("an order line")),
    Column("refunded", Integer, nullable=False, info=describes("an order line")),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("refunded >= 0 AND refunded <= quantity", name="refunded"),
)

shipments = Table(
    "shipments",
    metadata,
    identifier(what="a shipment"),
    Column(
        "order_id",
        Uuid(),
        ForeignKey("orders.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
        info=describes("a shipment"),
    ),
    Column("carrier", Text, nullable=False, info=describes("a shipment")),
    Column("tracking_number", Text, nullable=False, index=True, info=pii("behaviour")),
    Column("quantities", Json, nullable=False, info=describes("a shipment")),
    Column("shipped_at", Utc, nullable=False, info=describes("a shipment")),
    Column("delivered_at", Utc, info=describes("a shipment")),
)

payments = Table(
    "payments",
    metadata,
    identifier(what="a payment"),
    Column(
        "order_id",
        Uuid(),
        ForeignKey("orders.id"),
        nullable=False,
        index=True,
        info=describes("a payment"),
    ),
    Column("gateway", Text, nullable=False, info=describes("a payment")),
    Column("account", Text, nullable=False, info=not_personal("the shop's own account")),
    Column("reference", Text, nullable=False, unique=True, info=not_personal("random digits")),
    Column("provider_reference", Text, nullable=False, info=pii("behaviour")),
    minor("amount_minor", what="a payment"),
    currency(),
    Column("state", Text, nullable=False, info=describes("a payment")),
    Column("created_at", Utc, nullable=False, info=describes("a payment")),
    Column("expires_at", Utc, nullable=False, info=describes("a payment")),
    Column("paid_at", Utc, info=describes("a payment")),
    Column("check_at", Utc, info=describes("a payment")),
    Column("checks", Integer, nullable=False, info=describes("a payment")),
    minor("captured_minor", what="a payment"),
    minor("refund_minor", what="a payment"),
    version(),
    CheckConstraint(
        "state IN ('created', 'pending', 'paid', 'partly_refunded', 'refunded', 'closed')",
        name="state",
    ),
    CheckConstraint("amount_minor > 0", name="amount"),
    CheckConstraint("refund_minor >= 0 AND refund_minor <= captured_minor", name="refund"),
    Index(
        "ix_payments_check_at",
        "check_at",
        sqlite_where=text("check_at IS NOT NULL"),
        postgresql_where=text("check_at IS NOT NULL"),
    ),
    Index("ix_payments_gateway_paid_at", "gateway", "paid_at"),
    Index(
        "uq_payments_open",
        "order_id",
        "gateway",
        unique=True,
        sqlite_where=text("state IN ('created', 'pending')"),
        postgresql_where=text("state IN ('created', 'pending')"),
    ),
    Index(
        "uq_payments_provider_reference",
        "gateway",
        "account",
        "provider_reference",
        unique=True,
        sqlite_where=text("provider_reference <> ''"),
        postgresql_where=text("provider_reference <> ''"),
    ),
)

payment_entries = Table(
    "payment_entries",
    metadata,
    identifier(what="a line of the ledger"),
    Column(
        "payment_id",
        Uuid(),
        ForeignKey("payments.id"),
        nullable=False,
        info=describes("a line of the ledger"),
    ),
    Column("kind", Text, nullable=False, info=describes("a line of the ledger")),
    Column("key", Text, nullable=False, info=not_personal("random digits")),
    minor("amount_minor", what="a line of the ledger"),
    currency(),
    Column("at", Utc, nullable=False, info=describes("a line of the ledger")),
    UniqueConstraint("payment_id", "kind", "key"),
)

refunds = Table(
    "refunds",
    metadata,
    identifier(what="a refund"),
    Column(
        "payment_id",
        Uuid(),
        ForeignKey("payments.id"),
        nullable=False,
        index=True,
        info=describes("a refund"),
    ),
    Column(
        "order_id",
        Uuid(),
        ForeignKey("orders.id"),
        nullable=False,
        index=True,
        info=describes("a refund"),
    ),
    Column("return_id", Uuid(), ForeignKey("returns.id"), unique=True, info=describes("a refund")),
    Column("gateway", Text, nullable=False, info=describes("a refund")),
    Column("reference", Text, nullable=False, unique=True, info=not_personal("random digits")),
    Column("provider_reference", Text, nullable=False, info=pii("behaviour")),
    minor("amount_minor", what="a refund"),
    currency(),
    Column("reason", Text, nullable=False, info=describes("a refund")),
    Column("quantities", Json, nullable=False, info=describes("a refund")),
    Column("state", Text, nullable=False, info=describes("a refund")),
    Column("failure", Text, nullable=False, info=describes("a refund")),
    Column("requested_at", Utc, nullable=False, info=describes("a refund")),
    Column("actor", Text, nullable=False, info=not_personal("opaque number of a colleague")),
    Column("check_at", Utc, info=describes("a refund")),
    Column("tries", Integer, nullable=False, info=describes("a refund")),
    version(),
    CheckConstraint("state IN ('requested', 'pending', 'succeeded', 'failed')", name="state"),
    CheckConstraint("amount_minor > 0", name="amount"),
    Index(
        "ix_refunds_check_at",
        "check_at",
        sqlite_where=text("check_at IS NOT NULL"),
        postgresql_where=text("check_at IS NOT NULL"),
    ),
)

returns = Table(
    "returns",
    metadata,
    identifier(what="a return"),
    Column("number", Text, nullable=False, unique=True, info=not_personal("random digits")),
    Column(
        "order_id",
        Uuid(),
        ForeignKey("orders.id"),
        nullable=False,
        index=True,
        info=describes("a return"),
    ),
    Column("quantities", Json, nullable=False, info=describes("a return")),
    Column("reason", Text, nullable=False, info=pii("behaviour")),
    Column("remedy", Text, nullable=False, info=describes("a return")),
    Column("note", Text, nullable=False, info=pii("free text")),
    Column("answer", Text, nullable=False, info=pii("free text")),
    Column("tracking_number", Text, nullable=False, info=pii("behaviour")),
    Column("accepted", Json, info=describes("a return")),
    Column("restocked", Boolean, nullable=False, info=describes("a return")),
    Column("requested_at", Utc, nullable=False, info=pii("behaviour")),
    Column("state", Text, nullable=False, info=describes("a return")),
    version(),
    CheckConstraint(
        "state IN ('requested', 'approved', 'received', 'inspected', 'refunded', 'exchanged',"
        " 'rejected', 'withdrawn')",
        name="state",
    ),
    Index("ix_returns_state_requested_at", "state", "requested_at"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", Uuid(), nullable=False, unique=True, info=describes("a notification")),
    Column("gateway", Text, primary_key=True, info=describes("a notification")),
    Column("account", Text, primary_key=True, info=not_personal("the shop's own account")),
    Column("key", Text, primary_key=True, info=describes("a notification")),
    Column("body", LargeBinary, nullable=False, info=pii("behaviour")),
    Column("received_at", Utc, nullable=False, index=True, info=describes("a notification")),
    Column("state", Text, nullable=False, info=describes("a notification")),
    Column("reason", Text, nullable=False, info=describes("a notification")),
    CheckConstraint("state IN ('received', 'applied', 'quarantined')", name="state"),
    Index(
        "ix_notifications_quarantined",
        "received_at",
        sqlite_where=text("state = 'quarantined'"),
        postgresql_where=text("state = 'quarantined'"),
    ),
)

reconciliations = Table(
    "reconciliations",
    metadata,
    Column("gateway", Text, primary_key=True, info=describes("a report")),
    Column("day", Date, primary_key=True, info=describes("a report")),
    Column("made_at", Utc, nullable=False, info=describes("a report")),
    Column("report", Json, nullable=False, info=not_personal("references, amounts and times")),
)

# On the way

outbox = Table(
    "outbox",
    metadata,
    identifier(what="an event"),
    Column("kind", Text, nullable=False, info=describes("an event")),
    Column("payload", Json, nullable=False, info=not_personal("opaque identifiers and times")),
    Column("happened_at", Utc, nullable=False, info=describes("an event")),
    Column("due_at", Utc, info=not_personal("when it is delivered; none once it was")),
    Index(
        "ix_outbox_due_at",
        "due_at",
        "id",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index("ix_outbox_happened_at", "happened_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column(
        "event_id",
        Uuid(),
        ForeignKey("outbox.id", ondelete="CASCADE"),
        primary_key=True,
        info=describes("a delivery"),
    ),
    Column("subscriber", Text, primary_key=True, info=describes("a delivery")),
    Column("attempts", Integer, nullable=False, info=describes("a delivery")),
    Column("due_at", Utc, info=not_personal("when it is tried again; none once it was given up")),
    Column("last_error", Text, nullable=False, info=not_personal("the type of an error")),
    Index(
        "ix_deliveries_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
)

webhooks = Table(
    "webhooks",
    metadata,
    identifier(what="a webhook"),
    Column("url", Text, nullable=False, unique=True, info=not_personal("a system's address")),
    Column("kinds", Json, nullable=False, info=describes("a webhook")),
    Column("created_at", Utc, nullable=False, info=describes("a webhook")),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("scope", Text, primary_key=True, info=pii("link to a person")),
    Column("key", Text, primary_key=True, info=not_personal("random")),
    Column("fingerprint", Text, nullable=False, info=not_personal("a hash of a request")),
    Column("status", Integer, nullable=False, info=describes("an answer")),
    Column("content_type", Text, nullable=False, info=describes("an answer")),
    Column("body", LargeBinary, nullable=False, info=pii("behaviour")),
    Column("begun_at", Utc, nullable=False, index=True, info=describes("an answer")),
)

# Search: documents, where they stand, and what they can be filtered by. Their words are in
# `search_words`, which each database keeps in a form of its own (see `adapters/search`).

search_documents = Table(
    "search_documents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True, info=describes("a document")),
    Column("product_id", Uuid(), nullable=False, unique=True, info=describes("a document")),
    minor("lowest_price", what="a document"),
    Column("published_at", Utc, nullable=False, info=describes("a document")),
    Column("in_stock", Boolean, nullable=False, info=describes("a document")),
)

search_places = Table(
    "search_places",
    metadata,
    Column("category_id", Uuid(), primary_key=True, info=describes("a document")),
    Column(
        "document_id",
        Integer,
        ForeignKey("search_documents.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=describes("a document"),
    ),
    minor("lowest_price", what="a document"),
    Column("published_at", Utc, nullable=False, info=describes("a document")),
    Index("ix_search_places_newest", "category_id", "published_at", "document_id"),
    Index("ix_search_places_price", "category_id", "lowest_price", "document_id"),
)

search_attributes = Table(
    "search_attributes",
    metadata,
    Column(
        "document_id",
        Integer,
        ForeignKey("search_documents.id", ondelete="CASCADE"),
        primary_key=True,
        info=describes("a document"),
    ),
    Column("code", Text, primary_key=True, info=describes("a document")),
    Column("value", Text, primary_key=True, info=describes("a document")),
    UniqueConstraint("code", "value", "document_id"),
)
