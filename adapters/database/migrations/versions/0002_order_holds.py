"""Holds of orders."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("holds", Json, nullable=False, server_default="[]"))
    op.add_column("orders", sa.Column("hold_ends_at", Utc))
    with op.batch_alter_table("orders") as orders:
        orders.alter_column("holds", server_default=None)
    op.create_index(
        "ix_orders_held",
        "orders",
        ["hold_ends_at"],
        sqlite_where=sa.text("hold_ends_at IS NOT NULL"),
        postgresql_where=sa.text("hold_ends_at IS NOT NULL"),
    )


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
