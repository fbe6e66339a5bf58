"""The ledger of what went out."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbound",
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("first_at", Utc, nullable=False),
        sa.Column("last_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_outbound_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("recipient", "order_id", name=op.f("pk_outbound")),
    )
    op.create_index(op.f("ix_outbound_order_id"), "outbound", ["order_id"])


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
