"""Money that a gateway holds until the goods leave."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = (
    "state IN ('created', 'pending', 'authorized', 'capturing', 'voiding', 'voided',"
    " 'paid', 'partly_refunded', 'refunded', 'closed')"
)


def upgrade() -> None:
    with op.batch_alter_table("payments") as batch:
        batch.drop_constraint(op.f("ck_payments_state"), type_="check")
        batch.create_check_constraint(op.f("ck_payments_state"), STATES)


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
