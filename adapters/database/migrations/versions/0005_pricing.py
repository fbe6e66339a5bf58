"""Promotions, price lists and tax rates."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_promotions()
    _create_price_lists()
    op.create_table(
        "tax_rates",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_tax_rates"),
    )


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")


def _create_promotions() -> None:
    op.create_table(
        "promotions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", Utc),
        sa.Column("ends_at", Utc),
        sa.Column("price_changes_at", Utc),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("changed_at", Utc, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'active', 'paused', 'ended')", name=op.f("ck_promotions_state")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_promotions"),
        sa.UniqueConstraint("code", name="uq_promotions_code"),
    )
    op.create_index("ix_promotions_state_code", "promotions", ["state", "code"])
    op.create_index("ix_promotions_price_changes_at", "promotions", ["price_changes_at"])


def _create_price_lists() -> None:
    op.create_table(
        "price_lists",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("document", Json, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("ends_at", Utc),
        sa.Column("price_changes_at", Utc),
        sa.Column("changed_at", Utc, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_price_lists"),
        sa.UniqueConstraint("code", name="uq_price_lists_code"),
    )
    op.create_index("ix_price_lists_price_changes_at", "price_lists", ["price_changes_at"])
    op.create_table(
        "price_list_prices",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_price_list_prices_quantity")),
        sa.CheckConstraint("minor >= 0", name=op.f("ck_price_list_prices_minor")),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["price_lists.id"],
            name="fk_price_list_prices_list_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("list_id", "sku", "quantity", name="pk_price_list_prices"),
    )
