"""The table of shipments."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Table,
    Text,
    Uuid,
)

from adapters.database.columns import (
    Json,
    Utc,
    blind_index,
    describes,
    encrypted,
    identifier,
)
from adapters.database.metadata import metadata
from core.domain.privacy.inventory import Category, OnErase

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
    encrypted("tracking_number", Category.BEHAVIOUR, "delivery", OnErase.CLEAR),
    blind_index("tracking_index", "delivery", OnErase.CLEAR),
    Column("quantities", Json, nullable=False, info=describes("a shipment")),
    Column("shipped_at", Utc, nullable=False, info=describes("a shipment")),
    Column("delivered_at", Utc, info=describes("a shipment")),
)
