"""Tables of second factors, links for accounts, and guessing limits."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from adapters.database.columns import Utc, describes, encrypted, link, not_personal
from adapters.database.metadata import metadata
from adapters.database.tables.sessions import SECRET
from core.domain.privacy.inventory import Category, OnErase

second_factors = Table(
    "second_factors",
    metadata,
    Column("id", Uuid(), primary_key=True, info=link("account", OnErase.DELETE)),
    Column("account_kind", Text, nullable=False, info=not_personal("customer or staff")),
    encrypted(
        "secret",
        Category.CREDENTIAL,
        "account",
        OnErase.DELETE,
        export=False,
        reason="a secret",
        nullable=False,
    ),
    Column("confirmed", Boolean, nullable=False, info=describes("a second factor")),
    Column("last_step", BigInteger, nullable=False, info=describes("a second factor")),
)
"""``id`` is the account. ``last_step`` is the time step of the last code: a code works once."""


recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("account_id", Uuid(), primary_key=True, info=link("account", OnErase.DELETE)),
    Column("code_hash", Text, primary_key=True, info=SECRET),
)
"""Using a code deletes its row."""


account_links = Table(
    "account_links",
    metadata,
    Column("token_hash", Text, primary_key=True, info=not_personal("a hash of random letters")),
    Column("event_id", Uuid(), nullable=False, unique=True, info=describes("an event")),
    Column("purpose", Text, nullable=False, info=describes("a link")),
    Column("account_kind", Text, nullable=False, info=not_personal("customer or staff")),
    Column("account_id", Uuid(), nullable=False, index=True, info=link("account", OnErase.DELETE)),
    Column("login", LargeBinary, nullable=False, index=True, info=link("account", OnErase.DELETE)),
    Column("expires_at", Utc, nullable=False, index=True, info=describes("a link")),
    CheckConstraint("purpose IN ('reset', 'registration')", name="purpose"),
)
"""Links in emails that reset a password or finish a registration. Using a link deletes its row."""


guesses = Table(
    "guesses",
    metadata,
    Column("key", LargeBinary, primary_key=True, info=link("account", OnErase.DELETE)),
    Column("account_id", Uuid(), index=True, info=link("account", OnErase.DELETE)),
    Column("failures", Integer, nullable=False, info=describes("attempts to log in")),
    Column("open_at", Utc, nullable=False, index=True, info=describes("attempts to log in")),
    Column("succeeded_at", Utc, info=describes("attempts to log in")),
    CheckConstraint("failures >= 0", name="failures"),
)
"""``key`` is a keyed hash of an account, a network address or both."""
