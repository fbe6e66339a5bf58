"""What colleagues are here for, and data that an auditor may see with a second person."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("duty", sa.Text(), nullable=False, server_default="manager"))
    op.create_table(
        "disclosures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Utc, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("expires_at", Utc, nullable=True),
        sa.CheckConstraint("approved_by <> asked_by", name=op.f("ck_disclosures_second_person")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_disclosures_customer_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosures")),
    )
    op.create_index(op.f("ix_disclosures_customer_id"), "disclosures", ["customer_id"])
    op.create_index(op.f("ix_disclosures_asked_at"), "disclosures", ["asked_at"])


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
