"""Products have a tax class, and orders keep how they were priced."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, name, kind, value in (
        ("products", "tax_class", sa.Text(), "standard"),
        ("order_lines", "tax_class", sa.Text(), "standard"),
        ("orders", "tax_engine", sa.Text(), ""),
        ("orders", "goods_refunded_minor", sa.BigInteger(), "0"),
        ("orders", "points", sa.Integer(), "0"),
        ("carts", "points", sa.Integer(), "0"),
    ):
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=value))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(name, server_default=None)
    op.add_column("orders", sa.Column("frozen_prices", Json, nullable=True))


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
