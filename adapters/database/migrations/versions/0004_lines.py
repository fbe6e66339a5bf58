"""Lines have keys, and order lines have what each unit was paid with."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json
from adapters.database.migrations.lines import carts, order_lines, quantities

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_columns()
    connection = op.get_bind()
    order_lines.fill(connection)
    quantities.rename_keys(connection)
    carts.add_keys(connection)
    _add_constraints()


def _add_columns() -> None:
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("shipping_adjustments", Json))
        batch.add_column(sa.Column("shipping_taxes", Json))
        batch.add_column(sa.Column("shipping_paid_minor", sa.BigInteger()))
    with op.batch_alter_table("order_lines") as batch:
        batch.add_column(sa.Column("key", sa.Text()))
        batch.add_column(sa.Column("source", sa.Text()))
        for name in ("adjustments", "taxes", "paid_units", "exchanged_units"):
            batch.add_column(sa.Column(name, Json))


def _add_constraints() -> None:
    with op.batch_alter_table("orders") as batch:
        for name in ("shipping_adjustments", "shipping_taxes"):
            batch.alter_column(name, existing_type=Json, nullable=False)
        batch.alter_column("shipping_paid_minor", existing_type=sa.BigInteger(), nullable=False)
        batch.drop_constraint(op.f("ck_orders_shipping_refunded"), type_="check")
        batch.create_check_constraint(
            op.f("ck_orders_shipping_refunded"),
            "shipping_refunded_minor >= 0 AND shipping_refunded_minor <= shipping_paid_minor",
        )
    with op.batch_alter_table("order_lines") as batch:
        for name in ("key", "source"):
            batch.alter_column(name, existing_type=sa.Text(), nullable=False)
        for name in ("adjustments", "taxes", "paid_units"):
            batch.alter_column(name, existing_type=Json, nullable=False)
        batch.create_unique_constraint("uq_order_lines_order_id_key", ["order_id", "key"])


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
