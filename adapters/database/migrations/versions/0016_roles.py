"""Roles have permissions, and a table of their own. The three roles can do what they could."""

import sqlalchemy as sa
from alembic import op

from adapters.database.columns import Json

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CLERK = (
    "catalogue.change",
    "catalogue.read",
    "coupons.read",
    "dashboard.read",
    "orders.change",
    "orders.read",
    "orders.refund",
    "orders.ship",
    "payments.chargeback",
    "payments.read",
    "payments.reconcile",
    "prices.read",
    "promotions.read",
    "returns.decide",
    "returns.read",
    "stock.change",
    "taxes.read",
)
AUDITOR = ("audit.read", "disclosures.approve", "disclosures.request", "evidence.export")
MANAGER = (
    *CLERK,
    *AUDITOR,
    "coupons.change",
    "coupons.export",
    "customers.change",
    "orders.retained",
    "plugins.manage",
    "prices.change",
    "privacy.decide",
    "privacy.disclose",
    "privacy.read",
    "promotions.change",
    "promotions.publish",
    "staff.manage",
    "taxes.change",
)
BUILT_IN = (
    ("manager", "管理员", "Manager", MANAGER),
    ("clerk", "店员", "Clerk", CLERK),
    ("auditor", "审计员", "Auditor", AUDITOR),
)


def upgrade() -> None:
    roles = op.create_table(
        "roles",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", Json, nullable=False),
        sa.Column("permissions", Json, nullable=False),
        sa.Column("manages_staff", sa.Boolean(), nullable=False),
        sa.Column("built_in", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_roles")),
    )
    op.bulk_insert(
        roles,
        [
            {
                "code": code,
                "name": {"zh": zh, "en": en},
                "permissions": sorted(permissions),
                "manages_staff": "staff.manage" in permissions,
                "built_in": True,
                "version": 1,
            }
            for code, zh, en, permissions in BUILT_IN
        ],
    )
    with op.batch_alter_table("staff") as staff:
        staff.create_foreign_key(op.f("fk_staff_role_roles"), "roles", ["role"], ["code"])
    op.create_index(op.f("ix_staff_role"), "staff", ["role"])


def downgrade() -> None:
    raise RuntimeError("Go back by restoring the backup that was taken before the upgrade.")
