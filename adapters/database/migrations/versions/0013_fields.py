"""Goods, categories, customers and orders have fields of plugins, which the shop remembers."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

EMPTY = {
    "products": "{}",
    "variants": "{}",
    "categories": "{}",
    "orders": "[]",
    "order_lines": "[]",
}


def upgrade() -> None:
    for table, empty in EMPTY.items():
        op.add_column(table, sa.Column("fields", Json, nullable=False, server_default=empty))
    op.add_column("orders", sa.Column("personal_fields", sa.LargeBinary()))
    op.add_column("customers", sa.Column("fields", sa.LargeBinary()))
    for table in EMPTY:
        with op.batch_alter_table(table) as batch:
            batch.alter_column("fields", server_default=None)
    op.create_table(
        "field_declarations",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("label", Json, nullable=False),
        sa.Column("classification", Json, nullable=False),
        sa.Column("seen_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_field_declarations")),
    )


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
