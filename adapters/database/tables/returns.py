"""The table of returns."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    Uuid,
)

from adapters.database.columns import (
    ACCOUNTED,
    Json,
    Utc,
    data_key_id,
    describes,
    encrypted,
    identifier,
    not_personal,
    version,
)
from adapters.database.metadata import metadata
from core.domain.privacy.inventory import Category, OnErase

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
    Column("reason", Text, nullable=False, info=ACCOUNTED),
    Column("remedy", Text, nullable=False, info=describes("a return")),
    data_key_id("aftersales", OnErase.CLEAR),
    encrypted("note", Category.FREE_TEXT, "aftersales", OnErase.CLEAR),
    encrypted("answer", Category.FREE_TEXT, "aftersales", OnErase.CLEAR),
    encrypted("tracking_number", Category.BEHAVIOUR, "aftersales", OnErase.CLEAR),
    Column("accepted", Json, info=describes("a return")),
    Column("restocked", Boolean, nullable=False, info=describes("a return")),
    Column("requested_at", Utc, nullable=False, info=ACCOUNTED),
    Column("state", Text, nullable=False, info=describes("a return")),
    version(),
    CheckConstraint(
        "state IN ('requested', 'approved', 'received', 'inspected', 'refund_pending',"
        " 'refunded', 'exchanged', 'rejected', 'withdrawn')",
        name="state",
    ),
    Index("ix_returns_state_requested_at", "state", "requested_at"),
)
