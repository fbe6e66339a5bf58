"""Who buys, and who works here."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from adapters.database.columns import (
    Utc,
    identifier,
    not_personal,
    person,
    pii,
    sealed,
    version,
)
from adapters.database.tables.metadata import metadata

customers = Table(
    "customers",
    metadata,
    identifier(what="a customer's opaque number"),
    person(),
    sealed("login", "contact", nullable=False),
    Column("password_hash", Text, nullable=False, info=pii("credential")),
    sealed("name", "contact", nullable=False),
    Column("language", Text, nullable=False, info=pii("preference")),
    Column("registered_at", Utc, nullable=False, info=pii("behaviour")),
    version(),
)

addresses = Table(
    "addresses",
    metadata,
    identifier(what="an entry's opaque number"),
    Column(
        "customer_id",
        Uuid(),
        ForeignKey("customers.id", ondelete="CASCADE"),
        nullable=False,
        info=pii("link to a person"),
    ),
    Column("position", Integer, nullable=False, info=not_personal("orders the entries")),
    sealed("address", "address", nullable=False),
    Index("ix_addresses_customer_id_position", "customer_id", "position"),
)

staff = Table(
    "staff",
    metadata,
    identifier(what="a colleague's opaque number"),
    person(),
    sealed("login", "contact", nullable=False),
    Column("password_hash", Text, nullable=False, info=pii("credential")),
    sealed("name", "contact", nullable=False),
    version(),
)

logins = Table(
    "logins",
    metadata,
    Column("role", Text, primary_key=True, info=not_personal("customer or staff")),
    Column("login_index", LargeBinary, primary_key=True, info=pii("link to a person")),
    Column("owner_id", Uuid(), nullable=False, index=True, info=pii("link to a person")),
)
"""One row a login and index key: what makes a login unique while keys change."""

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True, info=pii("credential")),
    Column("role", Text, nullable=False, info=not_personal("customer or staff")),
    Column("person_id", Uuid(), nullable=False, index=True, info=pii("link to a person")),
    Column("expires_at", Utc, nullable=False, index=True, info=not_personal("when a log-in ends")),
)
