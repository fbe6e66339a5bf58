"""Tables of the prices that applied in lists."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, Uuid, text

from adapters.database.columns import Utc, describes, identifier, minor
from adapters.database.metadata import metadata

IS_OPEN = text("ends_at IS NULL")

applied_prices = Table(
    "applied_prices",
    metadata,
    identifier(what="a price that applied"),
    Column("sku", Text, nullable=False, info=describes("a price that applied")),
    Column("product_id", Uuid(), nullable=False, info=describes("a price that applied")),
    Column("audience", Text, nullable=False, info=describes("a price that applied")),
    minor("minor", what="a price that applied"),
    Column("source", Text, nullable=False, info=describes("a price that applied")),
    minor("prior_minor", what="a price that applied", nullable=True),
    Column("prior_basis", Text, info=describes("a price that applied")),
    Column("starts_at", Utc, nullable=False, info=describes("a price that applied")),
    Column("ends_at", Utc, info=describes("a price that applied")),
    CheckConstraint("minor >= 0", name="minor"),
    CheckConstraint("ends_at >= starts_at", name="ends_at"),
    CheckConstraint("(prior_minor IS NULL) = (prior_basis IS NULL)", name="prior"),
    CheckConstraint("prior_minor > minor", name="prior_minor"),
    Index(
        "uq_applied_prices_open",
        "sku",
        "audience",
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    ),
    Index("ix_applied_prices_sku_starts_at", "sku", "starts_at"),
    Index("ix_applied_prices_product_id", "product_id"),
    Index("ix_applied_prices_ends_at", "ends_at"),
)
"""Append-only, in the currency of the shop. One record of a SKU and an audience has no end."""


price_compilations = Table(
    "price_compilations",
    metadata,
    Column(
        "product_id",
        Uuid(),
        ForeignKey("products.id", ondelete="CASCADE"),
        primary_key=True,
        info=describes("a product"),
    ),
    Column("rules_version", Integer, nullable=False, index=True, info=describes("a product")),
    Column("compiled_at", Utc, info=describes("a product")),
    Column("saved_at", Utc, info=describes("a product")),
    Column("changes_at", Utc, index=True, info=describes("a product")),
)
"""Up to when, and with which rules, the applied prices of a product are compiled."""
