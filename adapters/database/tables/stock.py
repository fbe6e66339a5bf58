"""Tables of locations, stock levels, reservations, allocations and movements."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)

from adapters.database.columns import Utc, describes, identifier, not_personal, texts
from adapters.database.metadata import metadata

locations = Table(
    "locations",
    metadata,
    Column("code", Text, primary_key=True, info=describes("a warehouse or shop")),
    texts("name", what="a warehouse or shop"),
    Column("position", Integer, nullable=False, info=describes("the order of preference")),
    Column("region", Text, nullable=False, info=describes("a warehouse or shop")),
)


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
    Column("missing", Integer, nullable=False, info=describes("stock")),
    CheckConstraint("on_hand >= 0 AND reserved >= 0 AND allocated >= 0", name="counts"),
    # A reservation does not change `missing`, so this is a second guard against overselling.
    CheckConstraint(
        "missing = 0 AND reserved + allocated <= on_hand + backorder_limit OR"
        " missing > 0 AND reserved + allocated = on_hand + backorder_limit + missing",
        name="reserved",
    ),
)


reservations = Table(
    "reservations",
    metadata,
    Column("order_id", Uuid(), primary_key=True, info=describes("units of an order")),
    Column("sku", Text, primary_key=True, info=describes("units of an order")),
    Column("location", Text, primary_key=True, info=describes("units of an order")),
    Column("quantity", Integer, nullable=False, info=describes("units of an order")),
    Column("expires_at", Utc, nullable=False, info=describes("units of an order")),
    ForeignKeyConstraint(["sku", "location"], ["stock_levels.sku", "stock_levels.location"]),
    CheckConstraint("quantity > 0", name="quantity"),
)


allocations = Table(
    "allocations",
    metadata,
    Column("order_id", Uuid(), primary_key=True, info=describes("units of an order")),
    Column("sku", Text, primary_key=True, info=describes("units of an order")),
    Column("location", Text, primary_key=True, info=describes("units of an order")),
    Column("quantity", Integer, nullable=False, info=describes("units of an order")),
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
