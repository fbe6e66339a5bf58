"""Promotions have a row for each order that used them; claims and batches have indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

FILL = """
INSERT INTO promotion_uses (promotion, order_id, discount_minor, revenue_minor)
SELECT parts.source, orders.id, -SUM(parts.amount), orders.total_minor
FROM (
    SELECT l.order_id, {source} AS source, {amount} AS amount
    FROM order_lines l, {each_of_lines}
    UNION ALL
    SELECT o.id, {source}, {amount} FROM orders o, {each_of_shipping}
    UNION ALL
    SELECT o.id, {promotion}, 0 FROM orders o, {each_of_grants}
) AS parts
JOIN orders ON orders.id = parts.order_id
WHERE orders.state <> 'cancelled'
GROUP BY parts.source, orders.id, orders.total_minor
"""
SQLITE = {
    "source": "json_extract(e.value, '$.source')",
    "amount": "json_extract(e.value, '$.amount')",
    "promotion": "json_extract(e.value, '$.promotion')",
    "each_of_lines": "json_each(l.adjustments) AS e",
    "each_of_shipping": "json_each(o.shipping_adjustments) AS e",
    "each_of_grants": "json_each(o.grants) AS e",
}
POSTGRESQL = {
    "source": "e.value ->> 'source'",
    "amount": "CAST(e.value ->> 'amount' AS BIGINT)",
    "promotion": "e.value ->> 'promotion'",
    "each_of_lines": "jsonb_array_elements(l.adjustments) AS e(value)",
    "each_of_shipping": "jsonb_array_elements(o.shipping_adjustments) AS e(value)",
    "each_of_grants": "jsonb_array_elements(o.grants) AS e(value)",
}


def upgrade() -> None:
    op.create_index("ix_claims_key", "claims", ["key"])
    op.create_index(op.f("ix_coupon_batches_promotion"), "coupon_batches", ["promotion"])
    op.create_table(
        "promotion_uses",
        sa.Column("promotion", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("revenue_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
            name=op.f("fk_promotion_uses_order_id_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("promotion", "order_id", name=op.f("pk_promotion_uses")),
    )
    op.create_index(op.f("ix_promotion_uses_order_id"), "promotion_uses", ["order_id"])
    dialect = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    op.execute(sa.text(FILL.format(**dialect)))


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
