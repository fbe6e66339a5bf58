"""The ledger of accounts, and quotas with the claims of orders."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_accounts()
    _create_transfers()
    _create_lots()
    _create_quotas()
    _create_claims()


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")


def _create_accounts() -> None:
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid()),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("credit_limit", sa.BigInteger(), nullable=False),
        sa.Column("posted", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("overdrawn", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", Utc, nullable=False),
        sa.CheckConstraint(
            "held >= 0 AND credit_limit >= 0", name=op.f("ck_ledger_accounts_counts")
        ),
        sa.CheckConstraint(
            "overdrawn = 0 AND posted - held + credit_limit >= 0 OR"
            " overdrawn > 0 AND posted - held + credit_limit = -overdrawn",
            name=op.f("ck_ledger_accounts_available"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_accounts"),
        sa.UniqueConstraint(
            "owner_id",
            "owner_kind",
            "unit",
            "kind",
            name="uq_ledger_accounts_owner_id_owner_kind_unit_kind",
        ),
    )


def _create_transfers() -> None:
    op.create_table(
        "ledger_transfers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("hold_until", Utc),
        sa.Column("ended_at", Utc),
        sa.Column("reverses", sa.Uuid()),
        sa.CheckConstraint(
            "state IN ('held', 'posted', 'void')", name=op.f("ck_ledger_transfers_state")
        ),
        sa.ForeignKeyConstraint(
            ["reverses"], ["ledger_transfers.id"], name="fk_ledger_transfers_reverses"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_transfers"),
        sa.UniqueConstraint("key", name="uq_ledger_transfers_key"),
    )
    op.create_index("ix_ledger_transfers_reverses", "ledger_transfers", ["reverses"])
    op.create_index(
        "ix_ledger_transfers_hold_until",
        "ledger_transfers",
        ["hold_until"],
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_table(
        "ledger_lines",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reversed", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("expires_at", Utc),
        sa.Column("at", Utc, nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_lines_amount")),
        sa.CheckConstraint(
            "reversed >= 0 AND reversed <= abs(amount)", name=op.f("ck_ledger_lines_reversed")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["ledger_transfers.id"], name="fk_ledger_lines_transfer_id"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_accounts.id"], name="fk_ledger_lines_account_id"
        ),
        sa.PrimaryKeyConstraint("transfer_id", "account_id", name="pk_ledger_lines"),
    )
    op.create_index("ix_ledger_lines_account_id", "ledger_lines", ["account_id", "transfer_id"])


def _create_lots() -> None:
    op.create_table(
        "ledger_lots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", Utc),
        sa.CheckConstraint(
            "remaining >= 0 AND remaining <= units", name=op.f("ck_ledger_lots_remaining")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_accounts.id"], name="fk_ledger_lots_account_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_lots"),
    )
    op.create_index("ix_ledger_lots_account_id", "ledger_lots", ["account_id"])
    op.create_index(
        "ix_ledger_lots_expires_at",
        "ledger_lots",
        ["expires_at"],
        sqlite_where=sa.text("remaining > 0"),
        postgresql_where=sa.text("remaining > 0"),
    )
    op.create_table(
        "ledger_lot_uses",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "units > 0 AND returned >= 0 AND returned <= units",
            name=op.f("ck_ledger_lot_uses_units"),
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["ledger_lots.id"], name="fk_ledger_lot_uses_lot_id"),
        sa.ForeignKeyConstraint(
            ["transfer_id", "account_id"],
            ["ledger_lines.transfer_id", "ledger_lines.account_id"],
            name="fk_ledger_lot_uses_transfer_id_account_id",
        ),
        sa.PrimaryKeyConstraint("transfer_id", "account_id", "lot_id", name="pk_ledger_lot_uses"),
    )
    op.create_index("ix_ledger_lot_uses_lot_id", "ledger_lot_uses", ["lot_id"])


def _create_quotas() -> None:
    op.create_table(
        "quotas",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("limit", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.CheckConstraint('taken >= 0 AND taken <= "limit"', name=op.f("ck_quotas_taken")),
        sa.PrimaryKeyConstraint("key", "shard", name="pk_quotas"),
    )
    op.create_table(
        "quota_uses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person", sa.LargeBinary()),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", Utc, nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_quota_uses_taken")),
        sa.PrimaryKeyConstraint("id", name="pk_quota_uses"),
        sa.UniqueConstraint("person", "key", name="uq_quota_uses_person_key"),
    )


def _create_claims() -> None:
    op.create_table(
        "claims",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("shard", sa.Integer()),
        sa.Column("shards", sa.Integer(), nullable=False),
        sa.Column("use_id", sa.Uuid()),
        sa.Column("per_person", sa.BigInteger()),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("give_back", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_claims_amount")),
        sa.CheckConstraint("state IN ('held', 'taken', 'released')", name=op.f("ck_claims_state")),
        sa.CheckConstraint(
            "give_back IN ('never', 'on_cancel', 'on_full_refund')",
            name=op.f("ck_claims_give_back"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_claims_order_id"),
        sa.ForeignKeyConstraint(["use_id"], ["quota_uses.id"], name="fk_claims_use_id"),
        sa.PrimaryKeyConstraint("order_id", "position", name="pk_claims"),
    )
    op.create_index("ix_claims_use_id", "claims", ["use_id"])
