"""Every table of the core, with the constraints that hold whatever the code does."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
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
    CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved"),
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
    Column("placed_at", Utc, nullable=False, info=pii("behaviour")),
    Column("pay_before", Utc, nullable=False, info=describes("an order")),
    Column("history", Json, nullable=False, info=pii("behaviour")),
    version(),
    CheckConstraint(
        "state IN ('placed', 'paid', 'shipped', 'delivered', 'cancelled')", name="state"
    ),
    CheckConstraint("total_minor >= 0", name="total"),
    Index("ix_orders_customer_id_placed_at", "customer_id", "placed_at"),
    Index("ix_orders_state_placed_at", "state", "placed_at"),
    Index("ix_orders_placed_at", "placed_at", "id"),
    Index(
        "ix_orders_overdue",
        "pay_before",
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
    CheckConstraint("quantity > 0", name="quantity"),
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
    Column("shipped_at", Utc, nullable=False, info=describes("a shipment")),
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
    version(),
    CheckConstraint("state IN ('created', 'pending', 'paid', 'closed')", name="state"),
    CheckConstraint("amount_minor > 0", name="amount"),
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

notifications = Table(
    "notifications",
    metadata,
    Column("gateway", Text, primary_key=True, info=describes("a notification")),
    Column("account", Text, primary_key=True, info=not_personal("the shop's own account")),
    Column("key", Text, primary_key=True, info=describes("a notification")),
    Column("body", LargeBinary, nullable=False, info=pii("behaviour")),
    Column("received_at", Utc, nullable=False, index=True, info=describes("a notification")),
)

# On the way

outbox = Table(
    "outbox",
    metadata,
    identifier(what="an event"),
    Column("kind", Text, nullable=False, info=describes("an event")),
    Column("payload", Json, nullable=False, info=not_personal("opaque identifiers and times")),
    Column("attempts", Integer, nullable=False, info=describes("an event")),
    Column("due_at", Utc, nullable=False, info=describes("an event")),
    Column("last_error", Text, nullable=False, info=not_personal("the type of an error")),
    Index("ix_outbox_due_at", "due_at", "id"),
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
