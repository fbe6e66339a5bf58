"""Tables of log-in names and sessions."""

from sqlalchemy import (
    Boolean,
    Column,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from adapters.database.columns import (
    Utc,
    identifier,
    link,
    not_personal,
    pii,
)
from adapters.database.metadata import metadata
from core.domain.privacy.inventory import Category, OnErase

SECRET = pii(Category.CREDENTIAL, "account", OnErase.DELETE, export=False, reason="a secret")


logins = Table(
    "logins",
    metadata,
    Column("account_kind", Text, primary_key=True, info=not_personal("customer or staff")),
    Column("login_index", LargeBinary, primary_key=True, info=link("account", OnErase.DELETE)),
    Column("owner_id", Uuid(), nullable=False, index=True, info=link("account", OnErase.DELETE)),
)
"""One row for each log-in and index key, so that log-ins stay unique during a rotation."""


sessions = Table(
    "sessions",
    metadata,
    identifier(what="a session"),
    Column("token_hash", Text, nullable=False, unique=True, info=SECRET),
    Column("account_kind", Text, nullable=False, info=not_personal("customer or staff")),
    Column("account_id", Uuid(), nullable=False, index=True, info=link("account", OnErase.DELETE)),
    Column(
        "opened_at", Utc, nullable=False, info=pii(Category.BEHAVIOUR, "account", OnErase.DELETE)
    ),
    Column("expires_at", Utc, nullable=False, index=True, info=not_personal("when a log-in ends")),
    Column(
        "confirmed",
        Boolean,
        nullable=False,
        info=not_personal("whether it is complete"),
    ),
    Column("device", Text, nullable=False, info=pii(Category.BEHAVIOUR, "account", OnErase.DELETE)),
)
"""``device`` is the kind of browser and system, such as “Firefox, Windows”."""
