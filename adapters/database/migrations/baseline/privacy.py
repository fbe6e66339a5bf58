"""Requests about personal data, consents, disclosures, and the audit log."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc


def create() -> None:
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=True),
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
        sa.CheckConstraint(
            "state IN ('received', 'identity_verified', 'frozen', 'planned', 'held', 'approved',"
            " 'executing', 'propagating', 'verifying', 'completed', 'incomplete', 'refused')",
            name=op.f("ck_privacy_requests_state"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_privacy_requests"),
        sa.UniqueConstraint("number", name="uq_privacy_requests_number"),
    )
    op.create_index("ix_privacy_requests_due_at", "privacy_requests", ["due_at"])
    op.create_table(
        "privacy_claims",
        sa.Column("claim", sa.LargeBinary(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["privacy_requests.id"],
            name="fk_privacy_claims_request_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("claim", name="pk_privacy_claims"),
    )
    op.create_index("ix_privacy_claims_request_id", "privacy_claims", ["request_id"])
    op.create_table(
        "privacy_decisions",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("data_provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("until", Utc, nullable=True),
        sa.Column("data_key_ids", Json, nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["privacy_requests.id"],
            name="fk_privacy_decisions_request_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "request_id", "data_provider", "reference", name="pk_privacy_decisions"
        ),
    )
    op.create_index(
        "ix_privacy_decisions_position", "privacy_decisions", ["request_id", "position"]
    )
    op.create_table(
        "retained_records",
        sa.Column("data_provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("until", Utc, nullable=False),
        sa.PrimaryKeyConstraint("data_provider", "reference", name="pk_retained_records"),
    )
    op.create_index("ix_retained_records_until", "retained_records", ["until"])
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_at", Utc, nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_legal_holds"),
    )
    op.create_index("ix_legal_holds_customer_id", "legal_holds", ["customer_id"])
    op.create_table(
        "personal_data_providers",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("inventory", Json, nullable=False),
        sa.Column("seen_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_personal_data_providers"),
    )
    op.create_table(
        "tombstone_replays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tombstone_replays"),
    )
    op.create_table(
        "consents",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("salt", sa.Text(), nullable=True),
        sa.Column("subject_hash", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("notice_version", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_consents_customer_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_consents"),
    )
    op.create_index(
        "ix_consents_customer_id_purpose", "consents", ["customer_id", "purpose", "number"]
    )
    op.create_table(
        "consent_heads",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("signed_at", Utc, nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_consent_heads"),
    )
    op.create_table(
        "disclosures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", Utc, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("expires_at", Utc, nullable=True),
        sa.CheckConstraint(
            "approved_by <> requested_by", name=op.f("ck_disclosures_second_data_key_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name="fk_disclosures_customer_id",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_disclosures"),
    )
    op.create_index("ix_disclosures_requested_at", "disclosures", ["requested_at"])
    op.create_index("ix_disclosures_customer_id", "disclosures", ["customer_id"])
    op.create_table(
        "recipient_log",
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("first_at", Utc, nullable=False),
        sa.Column("last_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name="fk_recipient_log_order_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("recipient", "order_id", name="pk_recipient_log"),
    )
    op.create_index("ix_recipient_log_order_id", "recipient_log", ["order_id"])
    op.create_table(
        "data_links",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("login", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", Utc, nullable=False),
        sa.CheckConstraint(
            "(order_id IS NULL) <> (customer_id IS NULL)",
            name=op.f("ck_data_links_one_data_key_id"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_data_links_customer_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name="fk_data_links_order_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_data_links"),
    )
    op.create_index("ix_data_links_customer_id", "data_links", ["customer_id"])
    op.create_index("ix_data_links_expires_at", "data_links", ["expires_at"])
    op.create_index("ix_data_links_order_id", "data_links", ["order_id"])
    op.create_table(
        "audit_log",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_log"),
        sa.UniqueConstraint("event_id", name="uq_audit_log_event_id"),
    )
    op.create_table(
        "audit_heads",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("signed_at", Utc, nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_heads"),
    )
