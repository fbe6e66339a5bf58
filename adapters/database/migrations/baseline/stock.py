"""Locations, stock levels, reservations, allocations and movements."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json, Utc


def create() -> None:
    op.create_table(
        "locations",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_locations"),
    )
    op.create_table(
        "stock_levels",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("backorder_limit", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "on_hand >= 0 AND reserved >= 0 AND allocated >= 0",
            name=op.f("ck_stock_levels_counts"),
        ),
        sa.CheckConstraint(
            "missing = 0 AND reserved + allocated <= on_hand + backorder_limit OR"
            " missing > 0 AND reserved + allocated = on_hand + backorder_limit + missing",
            name=op.f("ck_stock_levels_reserved"),
        ),
        sa.ForeignKeyConstraint(["location"], ["locations.code"], name="fk_stock_levels_location"),
        sa.PrimaryKeyConstraint("sku", "location", name="pk_stock_levels"),
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
        sa.PrimaryKeyConstraint("id", name="pk_stock_movements"),
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
            name="fk_reservations_sku_location",
        ),
        sa.PrimaryKeyConstraint("order_id", "sku", "location", name="pk_reservations"),
    )
    op.create_table(
        "allocations",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_allocations_quantity")),
        sa.ForeignKeyConstraint(
            ["sku", "location"],
            ["stock_levels.sku", "stock_levels.location"],
            name="fk_allocations_sku_location",
        ),
        sa.PrimaryKeyConstraint("order_id", "sku", "location", name="pk_allocations"),
    )
