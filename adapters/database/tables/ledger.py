"""Tables of the ledger: accounts, transfers, their lines, and lots."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from adapters.database.columns import (
    Utc,
    describes,
    identifier,
    link,
    not_personal,
    pii,
)
from adapters.database.metadata import metadata
from core.domain.privacy.inventory import Category, OnErase

BOOKED = pii(
    Category.BEHAVIOUR,
    "accounting",
    OnErase.KEEP,
    reason="an accounting document; its account leads to no person after the erasure",
)


ledger_accounts = Table(
    "ledger_accounts",
    metadata,
    identifier(what="a ledger account"),
    Column("owner_kind", Text, nullable=False, info=describes("a ledger account")),
    Column("owner_id", Uuid(), info=link("accounting", OnErase.CLEAR)),
    Column("unit", Text, nullable=False, info=describes("a ledger account")),
    Column("kind", Text, nullable=False, info=describes("a ledger account")),
    Column("credit_limit", BigInteger, nullable=False, info=BOOKED),
    Column("posted", BigInteger, nullable=False, info=BOOKED),
    Column("held", BigInteger, nullable=False, info=BOOKED),
    Column("overdrawn", BigInteger, nullable=False, info=BOOKED),
    Column("changed_at", Utc, nullable=False, info=BOOKED),
    UniqueConstraint("owner_id", "owner_kind", "unit", "kind"),
    CheckConstraint("held >= 0 AND credit_limit >= 0", name="counts"),
    # Spending does not change `overdrawn`, so this is a second guard against it.
    CheckConstraint(
        "overdrawn = 0 AND posted - held + credit_limit >= 0 OR"
        " overdrawn > 0 AND posted - held + credit_limit = -overdrawn",
        name="available",
    ),
)
"""``overdrawn`` is what a reversal took although it was spent already."""


ledger_transfers = Table(
    "ledger_transfers",
    metadata,
    identifier(what="a transfer"),
    Column("key", Text, nullable=False, unique=True, info=not_personal("opaque")),
    Column("reason", Text, nullable=False, info=describes("a transfer")),
    Column("state", Text, nullable=False, info=describes("a transfer")),
    Column("at", Utc, nullable=False, info=describes("a transfer")),
    Column("hold_until", Utc, info=describes("a transfer")),
    Column("ended_at", Utc, info=describes("a transfer")),
    Column(
        "reverses",
        Uuid(),
        ForeignKey("ledger_transfers.id"),
        index=True,
        info=describes("a transfer"),
    ),
    CheckConstraint("state IN ('held', 'posted', 'void')", name="state"),
    Index(
        "ix_ledger_transfers_hold_until",
        "hold_until",
        sqlite_where=text("state = 'held'"),
        postgresql_where=text("state = 'held'"),
    ),
)


ledger_lines = Table(
    "ledger_lines",
    metadata,
    Column(
        "transfer_id",
        Uuid(),
        ForeignKey("ledger_transfers.id"),
        primary_key=True,
        info=describes("a transfer"),
    ),
    Column(
        "account_id",
        Uuid(),
        ForeignKey("ledger_accounts.id"),
        primary_key=True,
        info=describes("a ledger account"),
    ),
    Column("unit", Text, nullable=False, info=BOOKED),
    Column("amount", BigInteger, nullable=False, info=BOOKED),
    Column("reversed", BigInteger, nullable=False, info=BOOKED),
    Column("source", Text, nullable=False, info=BOOKED),
    Column("expires_at", Utc, info=BOOKED),
    Column("at", Utc, nullable=False, info=BOOKED),
    CheckConstraint("amount <> 0", name="amount"),
    CheckConstraint("reversed >= 0 AND reversed <= abs(amount)", name="reversed"),
    Index("ix_ledger_lines_account_id", "account_id", "transfer_id"),
)
"""Append-only, but for ``reversed``: the units that reversals gave back."""


ledger_lots = Table(
    "ledger_lots",
    metadata,
    identifier(what="a lot"),
    Column(
        "account_id",
        Uuid(),
        ForeignKey("ledger_accounts.id"),
        nullable=False,
        index=True,
        info=describes("a ledger account"),
    ),
    Column("source", Text, nullable=False, info=describes("a lot")),
    Column("units", BigInteger, nullable=False, info=describes("a lot")),
    Column("remaining", BigInteger, nullable=False, info=describes("a lot")),
    Column("expires_at", Utc, info=describes("a lot")),
    CheckConstraint("remaining >= 0 AND remaining <= units", name="remaining"),
    Index(
        "ix_ledger_lots_expires_at",
        "expires_at",
        sqlite_where=text("remaining > 0"),
        postgresql_where=text("remaining > 0"),
    ),
)


ledger_lot_uses = Table(
    "ledger_lot_uses",
    metadata,
    Column("transfer_id", Uuid(), primary_key=True, info=describes("a transfer")),
    Column("account_id", Uuid(), primary_key=True, info=describes("a ledger account")),
    Column(
        "lot_id",
        Uuid(),
        ForeignKey("ledger_lots.id"),
        primary_key=True,
        index=True,
        info=describes("a lot"),
    ),
    Column("units", BigInteger, nullable=False, info=describes("a lot")),
    Column("returned", BigInteger, nullable=False, info=describes("a lot")),
    ForeignKeyConstraint(
        ["transfer_id", "account_id"], ["ledger_lines.transfer_id", "ledger_lines.account_id"]
    ),
    CheckConstraint("units > 0 AND returned >= 0 AND returned <= units", name="units"),
)
"""The lots that a line took its units from."""
