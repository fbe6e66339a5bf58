"""Groups of customers, for price lists and promotions."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("groups", Json, nullable=False, server_default="[]"))
    with op.batch_alter_table("customers") as customers:
        customers.alter_column("groups", server_default=None)


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
