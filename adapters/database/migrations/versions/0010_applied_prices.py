"""Applied prices and their prior prices; a suggested retail price has evidence."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("ends_at IS NULL")


def upgrade() -> None:
    _create_applied_prices()
    _create_compilations()
    for column in ("compare_at_basis", "compare_at_evidence"):
        empty = sa.Column(column, sa.Text(), nullable=False, server_default="")
        op.add_column("variants", empty)
    with op.batch_alter_table("variants") as variants:
        for column in ("compare_at_basis", "compare_at_evidence"):
            variants.alter_column(column, server_default=None)
        variants.drop_index("ix_variants_price_changes_at")
        variants.drop_column("price_changes_at")


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")


def _create_applied_prices() -> None:
    op.create_table(
        "applied_prices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("prior_minor", sa.BigInteger()),
        sa.Column("prior_basis", sa.Text()),
        sa.Column("starts_at", Utc, nullable=False),
        sa.Column("ends_at", Utc),
        sa.CheckConstraint("minor >= 0", name=op.f("ck_applied_prices_minor")),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_applied_prices_ends_at")),
        sa.CheckConstraint(
            "(prior_minor IS NULL) = (prior_basis IS NULL)", name=op.f("ck_applied_prices_prior")
        ),
        sa.CheckConstraint("prior_minor > minor", name=op.f("ck_applied_prices_prior_minor")),
        sa.PrimaryKeyConstraint("id", name="pk_applied_prices"),
    )
    op.create_index(
        "uq_applied_prices_open",
        "applied_prices",
        ["sku", "audience"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    op.create_index("ix_applied_prices_sku_starts_at", "applied_prices", ["sku", "starts_at"])
    op.create_index("ix_applied_prices_product_id", "applied_prices", ["product_id"])
    op.create_index("ix_applied_prices_ends_at", "applied_prices", ["ends_at"])


def _create_compilations() -> None:
    op.create_table(
        "price_compilations",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("compiled_at", Utc),
        sa.Column("saved_at", Utc),
        sa.Column("changes_at", Utc),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["products.id"],
            name="fk_price_compilations_product_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("product_id", name="pk_price_compilations"),
    )
    for column in ("rules_version", "changes_at"):
        op.create_index(f"ix_price_compilations_{column}", "price_compilations", [column])
    op.execute(
        "INSERT INTO price_compilations (product_id, rules_version) SELECT id, -1 FROM products"
    )
