"""Coupons and their batches."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_batches()
    _create_coupons()


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")


def _create_batches() -> None:
    op.create_table(
        "coupon_batches",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("promotion", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", Json, nullable=False),
        sa.Column("starts_at", Utc),
        sa.Column("ends_at", Utc),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=False),
        sa.Column("most_uses_each", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("most_each", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.CheckConstraint(
            "kind IN ('public', 'personal', 'claimed')", name=op.f("ck_coupon_batches_kind")
        ),
        sa.PrimaryKeyConstraint("code", name="pk_coupon_batches"),
    )
    op.create_index("ix_coupon_batches_created_at_code", "coupon_batches", ["created_at", "code"])


def _create_coupons() -> None:
    op.create_table(
        "coupons",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("owner", sa.LargeBinary()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("issued_at", Utc, nullable=False),
        sa.Column("revoked_at", Utc),
        sa.ForeignKeyConstraint(["batch"], ["coupon_batches.code"], name="fk_coupons_batch"),
        sa.PrimaryKeyConstraint("key", name="pk_coupons"),
    )
    op.create_index("ix_coupons_batch", "coupons", ["batch"])
    op.create_index(
        "ix_coupons_owner_issued_at",
        "coupons",
        ["owner", "issued_at"],
        sqlite_where=sa.text("owner IS NOT NULL"),
        postgresql_where=sa.text("owner IS NOT NULL"),
    )
