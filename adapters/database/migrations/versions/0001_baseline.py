"""The schema of the first release."""

from adapters.database.migrations.baseline import (
    accounts,
    catalogue,
    events,
    orders,
    payments,
    people,
    privacy,
    search,
    stock,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In this order, each foreign key refers to an existing table.
    for context in (catalogue, stock, people, accounts, orders, payments, privacy, events, search):
        context.create()


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
