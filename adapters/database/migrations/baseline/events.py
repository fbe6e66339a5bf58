"""The outbox, its deliveries, webhooks and idempotency keys."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc


def create() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("happened_at", Utc, nullable=False),
        sa.Column("due_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index(
        "ix_outbox_due_at",
        "outbox",
        ["due_at", "id"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_outbox_happened_at", "outbox", ["happened_at"])
    op.create_table(
        "deliveries",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Utc, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["outbox.id"], name="fk_deliveries_event_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", "subscriber", name="pk_deliveries"),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["subscriber", "due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_dead",
        "deliveries",
        ["event_id"],
        sqlite_where=sa.text("due_at IS NULL"),
        postgresql_where=sa.text("due_at IS NULL"),
    )
    op.create_table(
        "subscribers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", Utc, nullable=True),
        sa.Column("paused_until", Utc, nullable=True),
        sa.Column("disabled_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_subscribers"),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", Json, nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.UniqueConstraint("url", name="uq_webhooks_url"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("begun_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("scope", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_begun_at", "idempotency_keys", ["begun_at"])
