"""Tables of promotions, price lists and tax rates."""

from sqlalchemy import (
    BigInteger,
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
    version,
)
from adapters.database.metadata import metadata

promotions = Table(
    "promotions",
    metadata,
    identifier(what="a promotion"),
    Column("code", Text, nullable=False, unique=True, info=describes("a promotion")),
    Column("document", Json, nullable=False, info=describes("a promotion")),
    Column("state", Text, nullable=False, info=describes("a promotion")),
    Column("lane", Text, nullable=False, info=describes("a promotion")),
    Column("priority", BigInteger, nullable=False, info=describes("a promotion")),
    Column("starts_at", Utc, info=describes("a promotion")),
    Column("ends_at", Utc, info=describes("a promotion")),
    Column("price_changes_at", Utc, index=True, info=describes("a promotion")),
    Column("created_at", Utc, nullable=False, info=describes("a promotion")),
    Column("changed_at", Utc, nullable=False, info=describes("a promotion")),
    version(),
    CheckConstraint("state IN ('draft', 'active', 'paused', 'ended')", name="state"),
    Index("ix_promotions_state_code", "state", "code"),
)
"""``document`` has everything; the columns after it repeat what lists and jobs ask for."""


price_lists = Table(
    "price_lists",
    metadata,
    identifier(what="a price list"),
    Column("code", Text, nullable=False, unique=True, info=describes("a price list")),
    Column("document", Json, nullable=False, info=describes("a price list")),
    currency(),
    Column("ends_at", Utc, info=describes("a price list")),
    Column("price_changes_at", Utc, index=True, info=describes("a price list")),
    Column("changed_at", Utc, nullable=False, info=describes("a price list")),
    version(),
)
"""``document`` has the buyers and the window."""


price_list_prices = Table(
    "price_list_prices",
    metadata,
    Column(
        "list_id",
        Uuid(),
        ForeignKey("price_lists.id", ondelete="CASCADE"),
        primary_key=True,
        info=describes("a price list"),
    ),
    Column("sku", Text, primary_key=True, info=describes("a price")),
    Column("quantity", Integer, primary_key=True, info=describes("a price")),
    minor("minor", what="a price"),
    CheckConstraint("quantity >= 1", name="quantity"),
    CheckConstraint("minor >= 0", name="minor"),
)
"""``minor`` is the price of each unit, from ``quantity`` units upwards."""


tax_rates = Table(
    "tax_rates",
    metadata,
    Column("name", Text, primary_key=True, info=describes("a tax rate")),
    Column("document", Json, nullable=False, info=describes("a tax rate")),
)


promotion_uses = Table(
    "promotion_uses",
    metadata,
    Column("promotion", Text, primary_key=True, info=describes("an order")),
    Column(
        "order_id",
        Uuid(),
        ForeignKey("orders.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=describes("an order"),
    ),
    Column("discount_minor", BigInteger, nullable=False, info=describes("an order")),
    Column("revenue_minor", BigInteger, nullable=False, info=describes("an order")),
)
"""What each order took of a promotion. The rows of a cancelled order are deleted.

``revenue_minor`` is the total of the order. Both amounts repeat the order, so that the list of
promotions reads no orders.
"""
