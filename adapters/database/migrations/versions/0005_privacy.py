"""Requests about personal data, their decisions, and the audit log."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = (
    "state IN ('received', 'identity_verified', 'frozen', 'planned', 'held', 'approved',"
    " 'executing', 'propagating', 'verifying', 'completed', 'incomplete', 'refused')"
)


def upgrade() -> None:
    op.add_column(
        "customers",
        sa.Column("frozen", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "retained_records",
        sa.Column("keeper", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("until", Utc, nullable=False),
        sa.PrimaryKeyConstraint("keeper", "reference", name=op.f("pk_retained_records")),
    )
    op.create_index(op.f("ix_retained_records_until"), "retained_records", ["until"])
    op.create_table(
        "tombstone_replays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstone_replays")),
    )
    op.create_table(
        "record_keepers",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("inventory", Json, nullable=False),
        sa.Column("seen_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_record_keepers")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("signed_at", Utc, nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "audit_log",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_log_event_id")),
    )
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_at", Utc, nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    op.create_index(
        op.f("ix_legal_holds_customer_id"), "legal_holds", ["customer_id"], unique=False
    )
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("subject_hash", sa.Text(), nullable=False),
        sa.Column("received_at", Utc, nullable=False),
        sa.Column("due_at", Utc, nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("verified_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("plan_hash", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("failures", Json, nullable=False),
        sa.Column("ended_at", Utc, nullable=True),
        sa.Column("certificate", Json, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(STATES, name=op.f("ck_privacy_requests_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_privacy_requests_number")),
    )
    op.create_index(
        op.f("ix_privacy_requests_due_at"), "privacy_requests", ["due_at"], unique=False
    )
    op.create_table(
        "privacy_claims",
        sa.Column("claim", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["privacy_requests.id"],
            name=op.f("fk_privacy_claims_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("claim", name=op.f("pk_privacy_claims")),
    )
    op.create_index(op.f("ix_privacy_claims_request_id"), "privacy_claims", ["request_id"])
    op.create_table(
        "privacy_decisions",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("keeper", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("until", Utc, nullable=True),
        sa.Column("people", Json, nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["privacy_requests.id"],
            name=op.f("fk_privacy_decisions_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "request_id", "keeper", "reference", name=op.f("pk_privacy_decisions")
        ),
    )
    op.create_index(
        "ix_privacy_decisions_position",
        "privacy_decisions",
        ["request_id", "position"],
        unique=False,
    )


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
