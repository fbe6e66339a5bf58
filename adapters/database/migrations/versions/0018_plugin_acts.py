"""Idempotency keys say how long they are known: those of plugins outlive dead deliveries."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Utc

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEYS = "idempotency_keys"
KEPT = timedelta(hours=24)


def upgrade() -> None:
    op.add_column(KEYS, sa.Column("kept_until", Utc, nullable=True))
    stored = sa.table(KEYS, sa.column("kept_until", Utc))
    until = datetime.now(UTC) + KEPT
    op.get_bind().execute(stored.update().values(kept_until=until))
    with op.batch_alter_table(KEYS) as batch:
        batch.alter_column("kept_until", nullable=False)
        batch.drop_index("ix_idempotency_keys_begun_at")
        batch.create_index("ix_idempotency_keys_kept_until", ["kept_until"])


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
