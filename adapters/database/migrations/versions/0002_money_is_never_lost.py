"""Money is never lost: refunds, returns, ledgers of money and stock, and events that stay."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STOCK = (
    "on_hand >= 0 AND reserved >= 0 AND allocated >= 0"
    " AND reserved + allocated <= on_hand + backorder_limit"
)
ORDER_STATES = "state IN ('placed', 'paid', 'completed', 'cancelled')"
FULFILLMENTS = "fulfillment IN ('unfulfilled', 'partly_shipped', 'shipped', 'delivered')"
PAYMENT_STATES = "state IN ('created', 'pending', 'paid', 'partly_refunded', 'refunded', 'closed')"
REFUND_STATES = "state IN ('requested', 'pending', 'succeeded', 'failed')"
RETURN_STATES = (
    "state IN ('requested', 'approved', 'received', 'inspected', 'refunded', 'exchanged',"
    " 'rejected', 'withdrawn')"
)
INBOX_STATES = "state IN ('received', 'applied', 'quarantined')"
DUE = sa.text("check_at IS NOT NULL")


def upgrade() -> None:
    _stock()
    _orders()
    _payments()
    _events()


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")


def _stock() -> None:
    op.add_column("products", sa.Column("return_exception", sa.Text()))
    op.add_column("locations", sa.Column("region", sa.Text(), nullable=False, server_default=""))
    for name in ("allocated", "backorder_limit"):
        op.add_column(
            "stock_levels", sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("stock_levels") as batch:
        batch.drop_constraint(op.f("ck_stock_levels_reserved"), type_="check")
        batch.create_check_constraint(op.f("ck_stock_levels_reserved"), STOCK)
    op.create_table(
        "reservations",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("expires_at", Utc, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservations_quantity")),
        sa.ForeignKeyConstraint(
            ["sku", "location"],
            ["stock_levels.sku", "stock_levels.location"],
            name=op.f("fk_reservations_sku_location"),
        ),
        sa.PrimaryKeyConstraint("order_id", "sku", "location", name=op.f("pk_reservations")),
    )
    op.create_table(
        "stock_movements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
    )
    op.create_index("ix_stock_movements_sku", "stock_movements", ["sku", "id"])
    op.create_index(
        "uq_stock_movements_restock",
        "stock_movements",
        ["cause", "sku", "location"],
        unique=True,
        sqlite_where=sa.text("kind = 'restock'"),
        postgresql_where=sa.text("kind = 'restock'"),
    )
    # What lay aside for unpaid orders is reserved, for paid ones allocated.
    op.execute(
        "INSERT INTO reservations SELECT a.order_id, a.sku, a.location, a.quantity, o.pay_before"
        " FROM allocations a JOIN orders o ON o.id = a.order_id WHERE o.state = 'placed'"
    )
    op.execute("DELETE FROM allocations WHERE order_id IN (SELECT order_id FROM reservations)")
    op.execute(
        "UPDATE stock_levels SET allocated = (SELECT coalesce(sum(quantity), 0) FROM allocations a"
        " WHERE a.sku = stock_levels.sku AND a.location = stock_levels.location),"
        " reserved = (SELECT coalesce(sum(quantity), 0) FROM reservations r"
        " WHERE r.sku = stock_levels.sku AND r.location = stock_levels.location)"
    )
    _begin_stock_ledger()


def _begin_stock_ledger() -> None:
    """One movement per level, so that the ledger sums to what is there."""
    random_id = (
        "gen_random_uuid()"
        if op.get_bind().dialect.name == "postgresql"
        else "lower(hex(randomblob(16)))"
    )
    op.execute(
        "INSERT INTO stock_movements (id, sku, location, kind, on_hand, reserved, allocated,"  # noqa: S608
        f" cause, at) SELECT {random_id}, sku, location, 'count', on_hand, reserved,"
        " allocated, '', CURRENT_TIMESTAMP FROM stock_levels"
    )


def _orders() -> None:
    op.add_column(
        "orders",
        sa.Column("fulfillment", sa.Text(), nullable=False, server_default="unfulfilled"),
    )
    op.add_column("orders", sa.Column("replaces", sa.Uuid()))
    op.add_column("orders", sa.Column("expire_at", Utc))
    for name in ("ix_orders_overdue", "ix_orders_state_placed_at"):
        op.drop_index(name, "orders")
    with op.batch_alter_table("orders") as batch:
        batch.drop_constraint(op.f("ck_orders_state"), type_="check")
    op.execute("UPDATE orders SET expire_at = pay_before")
    op.execute("UPDATE orders SET fulfillment = state WHERE state IN ('shipped', 'delivered')")
    op.execute("UPDATE orders SET state = 'paid' WHERE state = 'shipped'")
    op.execute("UPDATE orders SET state = 'completed' WHERE state = 'delivered'")
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("expire_at", existing_type=Utc, nullable=False)
        batch.create_foreign_key(op.f("fk_orders_replaces"), "orders", ["replaces"], ["id"])
        batch.create_check_constraint(op.f("ck_orders_state"), ORDER_STATES)
        batch.create_check_constraint(op.f("ck_orders_fulfillment"), FULFILLMENTS)
    op.create_index(op.f("ix_orders_replaces"), "orders", ["replaces"])
    op.create_index("ix_orders_state_placed_at", "orders", ["state", "fulfillment", "placed_at"])
    op.create_index(
        "ix_orders_overdue",
        "orders",
        ["expire_at"],
        sqlite_where=sa.text("state = 'placed'"),
        postgresql_where=sa.text("state = 'placed'"),
    )
    op.add_column(
        "order_lines",
        sa.Column("return_exception", sa.Text(), nullable=False, server_default=""),
    )
    op.add_column(
        "order_lines", sa.Column("refunded", sa.Integer(), nullable=False, server_default="0")
    )
    with op.batch_alter_table("order_lines") as batch:
        batch.create_check_constraint(
            op.f("ck_order_lines_refunded"), "refunded >= 0 AND refunded <= quantity"
        )
    op.add_column("shipments", sa.Column("quantities", Json, nullable=False, server_default="{}"))
    op.add_column("shipments", sa.Column("delivered_at", Utc))
    _fill_shipments()


def _fill_shipments() -> None:
    """Until now a shipment held the whole order."""
    grouped = (
        "jsonb_object_agg(sku, quantity)"
        if op.get_bind().dialect.name == "postgresql"
        else "json_group_object(sku, quantity)"
    )
    op.execute(
        f"UPDATE shipments SET quantities = (SELECT {grouped} FROM order_lines l"  # noqa: S608
        " WHERE l.order_id = shipments.order_id),"
        " delivered_at = (SELECT CASE WHEN o.fulfillment = 'delivered' THEN shipments.shipped_at"
        " END FROM orders o WHERE o.id = shipments.order_id)"
    )


def _payments() -> None:
    op.add_column("payments", sa.Column("check_at", Utc))
    op.add_column("payments", sa.Column("checks", sa.Integer(), nullable=False, server_default="0"))
    for name in ("captured_minor", "refund_minor"):
        op.add_column(
            "payments", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        )
    op.execute("UPDATE payments SET captured_minor = amount_minor WHERE state = 'paid'")
    op.execute("UPDATE payments SET check_at = created_at WHERE state IN ('created', 'pending')")
    with op.batch_alter_table("payments") as batch:
        batch.drop_constraint(op.f("ck_payments_state"), type_="check")
        batch.create_check_constraint(op.f("ck_payments_state"), PAYMENT_STATES)
        batch.create_check_constraint(
            op.f("ck_payments_refund"), "refund_minor >= 0 AND refund_minor <= captured_minor"
        )
    op.create_index(
        "ix_payments_check_at",
        "payments",
        ["check_at"],
        sqlite_where=DUE,
        postgresql_where=DUE,
    )
    op.create_index("ix_payments_gateway_paid_at", "payments", ["gateway", "paid_at"])
    op.create_table(
        "payment_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_entries_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_entries")),
        sa.UniqueConstraint(
            "payment_id", "kind", "key", name=op.f("uq_payment_entries_payment_id_kind_key")
        ),
    )
    op.execute(
        "INSERT INTO payment_entries SELECT id, id, 'captured', reference, amount_minor, currency,"
        " coalesce(paid_at, created_at) FROM payments WHERE state = 'paid'"
    )
    _returns_and_refunds()
    _inbox()


def _returns_and_refunds() -> None:
    op.create_table(
        "returns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("quantities", Json, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=False),
        sa.Column("accepted", Json),
        sa.Column("restocked", sa.Boolean(), nullable=False),
        sa.Column("requested_at", Utc, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(RETURN_STATES, name=op.f("ck_returns_state")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_returns_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
        sa.UniqueConstraint("number", name=op.f("uq_returns_number")),
    )
    op.create_index(op.f("ix_returns_order_id"), "returns", ["order_id"])
    op.create_index("ix_returns_state_requested_at", "returns", ["state", "requested_at"])
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid()),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("quantities", Json, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("requested_at", Utc, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("check_at", Utc),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(REFUND_STATES, name=op.f("ck_refunds_state")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id")),
        sa.ForeignKeyConstraint(["return_id"], ["returns.id"], name=op.f("fk_refunds_return_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("reference", name=op.f("uq_refunds_reference")),
        sa.UniqueConstraint("return_id", name=op.f("uq_refunds_return_id")),
    )
    op.create_index(op.f("ix_refunds_payment_id"), "refunds", ["payment_id"])
    op.create_index(op.f("ix_refunds_order_id"), "refunds", ["order_id"])
    op.create_index(
        "ix_refunds_check_at", "refunds", ["check_at"], sqlite_where=DUE, postgresql_where=DUE
    )


def _inbox() -> None:
    """Nothing in the inbox is needed any more but the keys: it is written anew."""
    op.drop_table("notifications")
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", Utc, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(INBOX_STATES, name=op.f("ck_notifications_state")),
        sa.PrimaryKeyConstraint("gateway", "account", "key", name=op.f("pk_notifications")),
        sa.UniqueConstraint("id", name=op.f("uq_notifications_id")),
    )
    op.create_index(op.f("ix_notifications_received_at"), "notifications", ["received_at"])
    op.create_index(
        "ix_notifications_quarantined",
        "notifications",
        ["received_at"],
        sqlite_where=sa.text("state = 'quarantined'"),
        postgresql_where=sa.text("state = 'quarantined'"),
    )
    op.create_table(
        "reconciliations",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", Utc, nullable=False),
        sa.Column("report", Json, nullable=False),
        sa.PrimaryKeyConstraint("gateway", "day", name=op.f("pk_reconciliations")),
    )


def _events() -> None:
    """What still waits in the outbox goes out under the new rules."""
    op.rename_table("outbox", "outbox_before")
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("happened_at", Utc, nullable=False),
        sa.Column("due_at", Utc),
    )
    op.execute("INSERT INTO outbox SELECT id, kind, payload, due_at, due_at FROM outbox_before")
    op.drop_table("outbox_before")
    with op.batch_alter_table("outbox") as batch:
        batch.create_primary_key(op.f("pk_outbox"), ["id"])
    waiting = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_outbox_due_at",
        "outbox",
        ["due_at", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_outbox_happened_at", "outbox", ["happened_at"])
    op.create_table(
        "deliveries",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subscriber", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Utc),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["outbox.id"],
            name=op.f("fk_deliveries_event_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", "subscriber", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "ix_deliveries_due_at",
        "deliveries",
        ["due_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", Json, nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("url", name=op.f("uq_webhooks_url")),
    )
