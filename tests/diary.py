"""A plugin with tables: a diary of members, and engravings of orders. Its files and its tables."""

from pathlib import Path

from sqlalchemy import CheckConstraint, Column, Integer, Table, Text, UniqueConstraint

from entrepot.tables import (
    Category,
    OnErase,
    PluginTables,
    blind_index,
    encrypted,
    identifier,
    new_metadata,
    not_personal,
    of_customer,
    of_order,
    personal,
    recorded_at,
)

metadata = new_metadata()

notes = Table(
    "plugin_diary_notes",
    metadata,
    identifier(what="a note"),
    of_customer(),
    encrypted("phone", Category.CONTACT, "account", OnErase.DELETE),
    blind_index("phone"),
    Column("stars", Integer, nullable=False, info=not_personal("a number")),
    Column("mood", Text, info=personal(Category.PREFERENCE, "account", OnErase.DELETE)),
    CheckConstraint("stars >= 0", name="stars"),
)

engravings = Table(
    "plugin_diary_engravings",
    metadata,
    identifier(what="an engraving"),
    of_order(nullable=False),
    encrypted("words", Category.FREE_TEXT, "order", OnErase.CLEAR),
    Column("letters", Integer, nullable=False, info=not_personal("a number")),
)

reads = Table(
    "plugin_diary_reads",
    metadata,
    identifier(what="a read"),
    of_customer(OnErase.CLEAR),
    recorded_at(),
)

seats = Table(
    "plugin_diary_seats",
    metadata,
    Column("code", Text, primary_key=True, info=not_personal("a code")),
    Column("taken", Integer, nullable=False, info=not_personal("a number")),
    Column("limit", Integer, nullable=False, info=not_personal("a number")),
)

joins = Table(
    "plugin_diary_joins",
    metadata,
    Column("code", Text, primary_key=True, info=not_personal("a code")),
    Column("number", Integer, primary_key=True, info=not_personal("a number")),
    UniqueConstraint("number"),
)

NAME = "diary"
SOURCE = """
from pathlib import Path

from entrepot import Capability, Manifest, hookimpl
from entrepot.tables import PluginTables
from tests.diary import metadata

manifest = Manifest(
    name="diary",
    version="1.2",
    api=">=1,<2",
    capabilities=frozenset({Capability.EVENTS, Capability.TABLES}),
    uninstall="Printed diaries stay with the members.",
)
KEPT = []


class Nothing:
    async def handle(self, events):
        pass


@hookimpl
def entrepot_subscribers(context):
    KEPT.append(context)
    return [Nothing()]


@hookimpl
def entrepot_tables(context):
    return [PluginTables(metadata, Path("FOLDER"))]
"""

FIRST = """
import sqlalchemy as sa
from alembic import op
from entrepot.tables import Utc

revision, down_revision = "0001", None


def upgrade() -> None:
    op.create_table(
        "plugin_diary_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid()),
        sa.Column("phone", sa.LargeBinary()),
        sa.Column("phone_index", sa.LargeBinary()),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("mood", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_diary_notes")),
        sa.CheckConstraint("stars >= 0", name=op.f("ck_plugin_diary_notes_stars")),
    )
    for name in ("customer_id", "phone_index"):
        op.create_index(op.f(f"ix_plugin_diary_notes_{name}"), "plugin_diary_notes", [name])
    op.create_table(
        "plugin_diary_engravings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.LargeBinary()),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_diary_engravings")),
    )
    op.create_index(
        op.f("ix_plugin_diary_engravings_order_id"), "plugin_diary_engravings", ["order_id"]
    )
    op.create_table(
        "plugin_diary_reads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid()),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_diary_reads")),
    )
    op.create_index(
        op.f("ix_plugin_diary_reads_customer_id"), "plugin_diary_reads", ["customer_id"]
    )
"""

SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    op.create_table(
        "plugin_diary_seats",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("limit", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_plugin_diary_seats")),
    )
    op.create_table(
        "plugin_diary_joins",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "number", name=op.f("pk_plugin_diary_joins")),
        sa.UniqueConstraint("number", name=op.f("uq_plugin_diary_joins_number")),
    )
"""

BROKEN = """
revision, down_revision = "0003", "0002"


def upgrade() -> None:
    raise RuntimeError("the third revision is broken")
"""


def write_migrations(folder: Path, *sources: str) -> Path:
    """Write revisions into ``folder``, as a plugin has them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, source in enumerate(sources, start=1):
        (folder / f"{number:04}_diary.py").write_text(source, encoding="utf-8")
    return folder


def source_of(migrations: Path) -> str:
    """The module of the plugin."""
    return SOURCE.replace("FOLDER", str(migrations))


def diary_tables(folder: Path, *further: str) -> PluginTables:
    return PluginTables(metadata, write_migrations(folder / "migrations", FIRST, SECOND, *further))
