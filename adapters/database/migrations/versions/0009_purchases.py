"""Purchases, instalments, chargebacks, and refunds that come back."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json
from adapters.database.migrations.payments import shares

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add_columns()
    shares.fill(op.get_bind())
    _constrain_orders()
    _constrain_payments()
    _constrain_refunds()


def _add_columns() -> None:
    op.add_column("orders", sa.Column("purchase_id", sa.Uuid()))
    op.add_column("orders", sa.Column("instalments", Json))
    op.add_column("payments", sa.Column("purchase_id", sa.Uuid()))
    op.add_column("payments", sa.Column("shares", Json))
    op.add_column("payments", sa.Column("charged_back_minor", sa.BigInteger()))
    op.add_column("payment_entries", sa.Column("order_id", sa.Uuid()))
    op.add_column("refunds", sa.Column("paid_order_id", sa.Uuid()))
    op.add_column("refunds", sa.Column("instalment", sa.Text()))


def _constrain_orders() -> None:
    with op.batch_alter_table("orders") as orders:
        orders.alter_column("purchase_id", existing_type=sa.Uuid(), nullable=False)
        orders.alter_column("instalments", existing_type=Json, nullable=False)
    op.create_index("ix_orders_purchase_id", "orders", ["purchase_id"])


def _constrain_payments() -> None:
    op.drop_index("ix_payments_order_id", "payments")
    op.drop_index("uq_payments_open", "payments")
    with op.batch_alter_table("payments") as payments:
        payments.alter_column("purchase_id", existing_type=sa.Uuid(), nullable=False)
        payments.alter_column("shares", existing_type=Json, nullable=False)
        payments.alter_column("charged_back_minor", existing_type=sa.BigInteger(), nullable=False)
        payments.drop_constraint("fk_payments_order_id", type_="foreignkey")
        payments.drop_column("order_id")
        payments.drop_constraint(op.f("ck_payments_refund"), type_="check")
        payments.create_check_constraint(
            op.f("ck_payments_refund"),
            "refund_minor >= 0 AND charged_back_minor >= 0"
            " AND refund_minor + charged_back_minor <= captured_minor",
        )
    op.create_index("ix_payments_purchase_id", "payments", ["purchase_id"])
    op.create_index(
        "uq_payments_open",
        "payments",
        ["purchase_id", "gateway"],
        unique=True,
        sqlite_where=sa.text("state IN ('created', 'pending')"),
        postgresql_where=sa.text("state IN ('created', 'pending')"),
    )


def _constrain_refunds() -> None:
    with op.batch_alter_table("refunds") as refunds:
        refunds.alter_column("paid_order_id", existing_type=sa.Uuid(), nullable=False)
        refunds.alter_column("instalment", existing_type=sa.Text(), nullable=False)
        refunds.drop_constraint(op.f("ck_refunds_state"), type_="check")
        refunds.create_check_constraint(
            op.f("ck_refunds_state"),
            "state IN ('requested', 'pending', 'blocked', 'succeeded', 'failed', 'replaced',"
            " 'reversed')",
        )


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
