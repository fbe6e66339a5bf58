"""Who buys, and who works here."""

from sqlalchemy import (
    Boolean,
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
    link,
    not_personal,
    person,
    pii,
    sealed,
    version,
)
from adapters.database.tables.metadata import metadata
from core.domain.privacy.inventory import Category, OnErase, Whose

SECRET = pii(Category.CREDENTIAL, "account", OnErase.DELETE, export=False, reason="a secret")

customers = Table(
    "customers",
    metadata,
    identifier(what="a customer's opaque number"),
    person("account", OnErase.DELETE),
    sealed("login", Category.CONTACT, "account", OnErase.DELETE, nullable=False),
    Column("password_hash", Text, nullable=False, info=SECRET),
    sealed("name", Category.CONTACT, "account", OnErase.DELETE, nullable=False),
    Column(
        "language",
        Text,
        nullable=False,
        info=pii(Category.PREFERENCE, "account", OnErase.DELETE),
    ),
    Column(
        "registered_at",
        Utc,
        nullable=False,
        info=pii(Category.BEHAVIOUR, "account", OnErase.DELETE),
    ),
    Column(
        "login_proven",
        Boolean,
        nullable=False,
        info=pii(Category.BEHAVIOUR, "account", OnErase.DELETE),
    ),
    Column("frozen", Boolean, nullable=False, info=not_personal("whether an erasure is under way")),
    Column(
        "restricted",
        Boolean,
        nullable=False,
        info=pii(Category.PREFERENCE, "rights", OnErase.DELETE),
    ),
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
        info=link("account", OnErase.DELETE),
    ),
    Column("position", Integer, nullable=False, info=not_personal("orders the entries")),
    sealed("address", Category.ADDRESS, "account", OnErase.DELETE, nullable=False),
    Index("ix_addresses_customer_id_position", "customer_id", "position"),
)

staff = Table(
    "staff",
    metadata,
    identifier(what="a colleague's opaque number"),
    person("employment", OnErase.DELETE, whose=Whose.STAFF),
    sealed(
        "login",
        Category.CONTACT,
        "employment",
        OnErase.DELETE,
        whose=Whose.STAFF,
        nullable=False,
    ),
    Column(
        "password_hash",
        Text,
        nullable=False,
        info=pii(
            Category.CREDENTIAL,
            "employment",
            OnErase.DELETE,
            whose=Whose.STAFF,
            export=False,
            reason="a secret",
        ),
    ),
    sealed(
        "name", Category.CONTACT, "employment", OnErase.DELETE, whose=Whose.STAFF, nullable=False
    ),
    Column("duty", Text, nullable=False, info=not_personal("what somebody is here for")),
    version(),
)

logins = Table(
    "logins",
    metadata,
    Column("role", Text, primary_key=True, info=not_personal("customer or staff")),
    Column("login_index", LargeBinary, primary_key=True, info=link("account", OnErase.DELETE)),
    Column("owner_id", Uuid(), nullable=False, index=True, info=link("account", OnErase.DELETE)),
)
"""One row a login and index key: what makes a login unique while keys change."""

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True, info=SECRET),
    Column("role", Text, nullable=False, info=not_personal("customer or staff")),
    Column("person_id", Uuid(), nullable=False, index=True, info=link("account", OnErase.DELETE)),
    Column("expires_at", Utc, nullable=False, index=True, info=not_personal("when a log-in ends")),
)
