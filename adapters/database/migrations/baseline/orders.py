"""Carts, orders, their shipments and returns."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc


def create() -> None:
    op.create_table(
        "carts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("lines", Json, nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=True),
        sa.Column("delivery", sa.LargeBinary(), nullable=True),
        sa.Column("contact_index", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", Utc, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_carts_customer_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_carts"),
        sa.UniqueConstraint("customer_id", name="uq_carts_customer_id"),
        sa.UniqueConstraint("token_hash", name="uq_carts_token_hash"),
    )
    op.create_index("ix_carts_contact_index", "carts", ["contact_index"])
    op.create_index("ix_carts_data_key_id", "carts", ["data_key_id"])
    op.create_index("ix_carts_updated_at", "carts", ["updated_at"])
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("checkout_key", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("data_key_id", sa.Uuid(), nullable=True),
        sa.Column("contact", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("contact_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("client", sa.LargeBinary(), nullable=True),
        sa.Column("shipping_code", sa.Text(), nullable=False),
        sa.Column("shipping_name", Json, nullable=False),
        sa.Column("shipping_minor", sa.BigInteger(), nullable=False),
        sa.Column("shipping_refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fulfillment", sa.Text(), nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.Column("placed_at", Utc, nullable=False),
        sa.Column("pay_before", Utc, nullable=False),
        sa.Column("expire_at", Utc, nullable=False),
        sa.Column("history", Json, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "fulfillment IN ('unfulfilled', 'partly_shipped', 'shipped', 'delivered')",
            name=op.f("ck_orders_fulfillment"),
        ),
        sa.CheckConstraint(
            "state IN ('placed', 'paid', 'completed', 'cancelled')", name=op.f("ck_orders_state")
        ),
        sa.CheckConstraint("total_minor >= 0", name=op.f("ck_orders_total")),
        sa.CheckConstraint(
            "shipping_refunded_minor >= 0 AND shipping_refunded_minor <= shipping_minor",
            name=op.f("ck_orders_shipping_refunded"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_orders_customer_id"),
        sa.ForeignKeyConstraint(["replaces"], ["orders.id"], name="fk_orders_replaces"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("checkout_key", name="uq_orders_checkout_key"),
        sa.UniqueConstraint("number", name="uq_orders_number"),
    )
    op.create_index("ix_orders_client", "orders", ["client"])
    op.create_index("ix_orders_contact_index", "orders", ["contact_index"])
    op.create_index("ix_orders_customer_id_placed_at", "orders", ["customer_id", "placed_at"])
    op.create_index(
        "ix_orders_overdue",
        "orders",
        ["expire_at"],
        sqlite_where=sa.text("state = 'placed'"),
        postgresql_where=sa.text("state = 'placed'"),
    )
    op.create_index("ix_orders_data_key_id", "orders", ["data_key_id"])
    op.create_index("ix_orders_phone_index", "orders", ["phone_index"])
    op.create_index("ix_orders_placed_at", "orders", ["placed_at", "id"])
    op.create_index("ix_orders_replaces", "orders", ["replaces"])
    op.create_index("ix_orders_state_placed_at", "orders", ["state", "fulfillment", "placed_at"])
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("title", Json, nullable=False),
        sa.Column("options", Json, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("return_exception", sa.Text(), nullable=False),
        sa.Column("refunded", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_lines_quantity")),
        sa.CheckConstraint(
            "cancelled >= 0 AND cancelled <= refunded", name=op.f("ck_order_lines_cancelled")
        ),
        sa.CheckConstraint(
            "refunded >= 0 AND refunded <= quantity", name=op.f("ck_order_lines_refunded")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name="fk_order_lines_order_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", "position", name="pk_order_lines"),
    )
    op.create_index("ix_order_lines_product_id", "order_lines", ["product_id"])
    op.create_index("ix_order_lines_sku", "order_lines", ["sku"])
    op.create_table(
        "shipments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("tracking_number", sa.LargeBinary(), nullable=True),
        sa.Column("tracking_index", sa.LargeBinary(), nullable=True),
        sa.Column("quantities", Json, nullable=False),
        sa.Column("shipped_at", Utc, nullable=False),
        sa.Column("delivered_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name="fk_shipments_order_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_shipments"),
    )
    op.create_index("ix_shipments_order_id", "shipments", ["order_id"])
    op.create_index("ix_shipments_tracking_index", "shipments", ["tracking_index"])
    op.create_table(
        "returns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("quantities", Json, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("data_key_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("tracking_number", sa.LargeBinary(), nullable=True),
        sa.Column("accepted", Json, nullable=True),
        sa.Column("restocked", sa.Boolean(), nullable=False),
        sa.Column("requested_at", Utc, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'received', 'inspected', 'refund_pending',"
            " 'refunded', 'exchanged', 'rejected', 'withdrawn')",
            name=op.f("ck_returns_state"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_returns_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_returns"),
        sa.UniqueConstraint("number", name="uq_returns_number"),
    )
    op.create_index("ix_returns_order_id", "returns", ["order_id"])
    op.create_index("ix_returns_data_key_id", "returns", ["data_key_id"])
    op.create_index("ix_returns_state_requested_at", "returns", ["state", "requested_at"])
