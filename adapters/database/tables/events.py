"""Tables of the outbox, its deliveries, and webhooks."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)

from adapters.database.columns import (
    Json,
    Utc,
    describes,
    identifier,
    not_personal,
)
from adapters.database.metadata import metadata

outbox = Table(
    "outbox",
    metadata,
    identifier(what="an event"),
    Column("kind", Text, nullable=False, info=describes("an event")),
    Column("payload", Json, nullable=False, info=not_personal("opaque identifiers and times")),
    Column("happened_at", Utc, nullable=False, info=describes("an event")),
    Column("due_at", Utc, info=not_personal("time of the next delivery; NULL after it succeeded")),
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
    Column("due_at", Utc, info=not_personal("time of the next attempt; NULL for a dead delivery")),
    Column("last_error", Text, nullable=False, info=not_personal("the type of an error")),
    Index(
        "ix_deliveries_due",
        "subscriber",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_deliveries_dead",
        "event_id",
        sqlite_where=text("due_at IS NULL"),
        postgresql_where=text("due_at IS NULL"),
    ),
)


subscribers = Table(
    "subscribers",
    metadata,
    Column("name", Text, primary_key=True, info=describes("a subscriber")),
    Column("failures", Integer, nullable=False, info=not_personal("failures since a success")),
    Column("failing_since", Utc, info=not_personal("first failure after the last success")),
    Column("paused_until", Utc, info=not_personal("when the circuit breaker closes again")),
    Column("disabled_at", Utc, info=not_personal("when it was disabled, after days of failures")),
)


webhooks = Table(
    "webhooks",
    metadata,
    identifier(what="a webhook"),
    Column("url", Text, nullable=False, unique=True, info=not_personal("a system's address")),
    Column("kinds", Json, nullable=False, info=describes("a webhook")),
    Column("created_at", Utc, nullable=False, info=describes("a webhook")),
)
