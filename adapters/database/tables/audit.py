"""Tables of the audit log and its signed heads."""

from sqlalchemy import (
    BigInteger,
    Column,
    Table,
    Text,
    Uuid,
)

from adapters.database.columns import (
    Json,
    Utc,
    describes,
    not_personal,
)
from adapters.database.metadata import metadata

audit_log = Table(
    "audit_log",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False, info=describes("an entry")),
    Column("event_id", Uuid(), nullable=False, unique=True, info=describes("an entry")),
    Column("at", Utc, nullable=False, info=describes("an entry")),
    Column("kind", Text, nullable=False, info=describes("an entry")),
    Column("payload", Json, nullable=False, info=not_personal("opaque identifiers and times")),
    Column("previous", Text, nullable=False, info=describes("an entry")),
    Column("hash", Text, nullable=False, info=describes("an entry")),
)


def signed_heads(name: str) -> Table:
    """Signed heads of a log."""
    return Table(
        name,
        metadata,
        Column(
            "number", BigInteger, primary_key=True, autoincrement=False, info=describes("a head")
        ),
        Column("hash", Text, nullable=False, info=describes("a head")),
        Column("signed_at", Utc, nullable=False, info=describes("a head")),
        Column("key_id", Text, nullable=False, info=describes("a head")),
        Column("signature", Text, nullable=False, info=describes("a head")),
    )


audit_heads = signed_heads("audit_heads")
