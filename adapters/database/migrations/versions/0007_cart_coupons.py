"""Carts have coupons, and orders have grants."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("carts", "coupons"), ("orders", "grants")):
        op.add_column(table, sa.Column(column, Json, nullable=False, server_default="[]"))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, server_default=None)


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
