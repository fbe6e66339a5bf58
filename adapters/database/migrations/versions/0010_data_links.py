"""Links by which people show that an e-mail address is theirs."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "customers",
        sa.Column("login_proven", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "data_links",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("login", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_data_links_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_data_links_customer_id"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "(order_id IS NULL) <> (customer_id IS NULL)", name=op.f("ck_data_links_one_person")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_data_links")),
    )
    op.create_index(op.f("ix_data_links_order_id"), "data_links", ["order_id"])
    op.create_index(op.f("ix_data_links_customer_id"), "data_links", ["customer_id"])
    op.create_index(op.f("ix_data_links_expires_at"), "data_links", ["expires_at"])


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
