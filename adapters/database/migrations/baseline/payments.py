"""Payments, refunds, notifications of gateways, reconciliations."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc


def create() -> None:
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
        sa.Column("check_at", Utc, nullable=True),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("asked_at", Utc, nullable=True),
        sa.Column("captured_minor", sa.BigInteger(), nullable=False),
        sa.Column("refund_minor", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('created', 'pending', 'authorized', 'capturing', 'voiding', 'voided',"
            " 'paid', 'partly_refunded', 'refunded', 'closed')",
            name=op.f("ck_payments_state"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payments_amount")),
        sa.CheckConstraint(
            "refund_minor >= 0 AND refund_minor <= captured_minor", name=op.f("ck_payments_refund")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_payments_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.UniqueConstraint("reference", name="uq_payments_reference"),
    )
    op.create_index(
        "ix_payments_check_at",
        "payments",
        ["check_at"],
        sqlite_where=sa.text("check_at IS NOT NULL"),
        postgresql_where=sa.text("check_at IS NOT NULL"),
    )
    op.create_index("ix_payments_gateway_paid_at", "payments", ["gateway", "paid_at"])
    op.create_index("ix_payments_order_id", "payments", ["order_id"])
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
        "payment_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name="fk_payment_entries_payment_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payment_entries"),
        sa.UniqueConstraint(
            "payment_id", "kind", "key", name="uq_payment_entries_payment_id_kind_key"
        ),
    )
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=True),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("quantities", Json, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("requested_at", Utc, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("check_at", Utc, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'pending', 'blocked', 'succeeded', 'failed', 'replaced')",
            name=op.f("ck_refunds_state"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_refunds_order_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_refunds_payment_id"),
        sa.ForeignKeyConstraint(["return_id"], ["returns.id"], name="fk_refunds_return_id"),
        sa.PrimaryKeyConstraint("id", name="pk_refunds"),
        sa.UniqueConstraint("reference", name="uq_refunds_reference"),
        sa.UniqueConstraint("return_id", name="uq_refunds_return_id"),
    )
    op.create_index(
        "ix_refunds_check_at",
        "refunds",
        ["check_at"],
        sqlite_where=sa.text("check_at IS NOT NULL"),
        postgresql_where=sa.text("check_at IS NOT NULL"),
    )
    op.create_index(
        "ix_refunds_unfinished",
        "refunds",
        ["requested_at"],
        sqlite_where=sa.text("state IN ('requested', 'pending', 'blocked', 'failed')"),
        postgresql_where=sa.text("state IN ('requested', 'pending', 'blocked', 'failed')"),
    )
    op.create_index("ix_refunds_order_id", "refunds", ["order_id"])
    op.create_index("ix_refunds_payment_id", "refunds", ["payment_id"])
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("received_at", Utc, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('received', 'applied', 'quarantined')", name=op.f("ck_notifications_state")
        ),
        sa.PrimaryKeyConstraint("gateway", "account", "key", name="pk_notifications"),
        sa.UniqueConstraint("id", name="uq_notifications_id"),
    )
    op.create_index("ix_notifications_data_key_id", "notifications", ["data_key_id"])
    op.create_index(
        "ix_notifications_quarantined",
        "notifications",
        ["received_at"],
        sqlite_where=sa.text("state = 'quarantined'"),
        postgresql_where=sa.text("state = 'quarantined'"),
    )
    op.create_index("ix_notifications_received_at", "notifications", ["received_at"])
    op.create_index("ix_notifications_reference", "notifications", ["reference"])
    op.create_table(
        "reconciliations",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", Utc, nullable=False),
        sa.Column("report", Json, nullable=False),
        sa.PrimaryKeyConstraint("gateway", "day", name="pk_reconciliations"),
    )
