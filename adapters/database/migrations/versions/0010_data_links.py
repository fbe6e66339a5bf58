"""Links that guests are sent, to show that an e-mail address is theirs."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_links",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_data_links_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_data_links")),
    )
    op.create_index(op.f("ix_data_links_order_id"), "data_links", ["order_id"])
    op.create_index(op.f("ix_data_links_expires_at"), "data_links", ["expires_at"])


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
