"""Second factors, links for accounts, and guessing limits."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Utc


def create() -> None:
    op.create_table(
        "second_factors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_kind", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_second_factors"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name="pk_recovery_codes"),
    )
    op.create_table(
        "account_links",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("account_kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", Utc, nullable=False),
        sa.CheckConstraint("purpose IN ('reset', 'registration')", name="ck_account_links_purpose"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_account_links"),
        sa.UniqueConstraint("event_id", name="uq_account_links_event_id"),
    )
    op.create_index("ix_account_links_account_id", "account_links", ["account_id"])
    op.create_index("ix_account_links_login", "account_links", ["login"])
    op.create_index("ix_account_links_expires_at", "account_links", ["expires_at"])
    op.create_table(
        "guesses",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_at", Utc, nullable=False),
        sa.Column("succeeded_at", Utc, nullable=True),
        sa.CheckConstraint("failures >= 0", name="ck_guesses_failures"),
        sa.PrimaryKeyConstraint("key", name="pk_guesses"),
    )
    op.create_index("ix_guesses_account_id", "guesses", ["account_id"])
    op.create_index("ix_guesses_open_at", "guesses", ["open_at"])
