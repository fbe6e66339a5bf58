"""Tables of customers and their address book."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)

from adapters.database.columns import (
    Json,
    Utc,
    data_key_id,
    describes,
    encrypted,
    identifier,
    link,
    not_personal,
    pii,
    version,
)
from adapters.database.metadata import metadata
from adapters.database.tables.sessions import SECRET
from core.domain.privacy.inventory import Category, OnErase

customers = Table(
    "customers",
    metadata,
    identifier(what="a customer's opaque number"),
    data_key_id("account", OnErase.DELETE),
    encrypted("login", Category.CONTACT, "account", OnErase.DELETE, nullable=False),
    Column("password_hash", Text, nullable=False, info=SECRET),
    encrypted("name", Category.CONTACT, "account", OnErase.DELETE, nullable=False),
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
        "login_verified",
        Boolean,
        nullable=False,
        info=pii(Category.BEHAVIOUR, "account", OnErase.DELETE),
    ),
    Column("login_state", Text, nullable=False, info=describes("a log-in")),
    Column("frozen", Boolean, nullable=False, info=not_personal("whether an erasure is under way")),
    Column(
        "restricted",
        Boolean,
        nullable=False,
        info=pii(Category.PREFERENCE, "rights", OnErase.DELETE),
    ),
    Column(
        "groups",
        Json,
        nullable=False,
        info=pii(Category.PREFERENCE, "account", OnErase.DELETE),
    ),
    encrypted("fields", Category.PREFERENCE, "account", OnErase.DELETE),
    version(),
    CheckConstraint("login_state IN ('pending', 'active', 'released')", name="login_state"),
    Index(
        "ix_customers_pending",
        "registered_at",
        sqlite_where=text("login_state = 'pending'"),
        postgresql_where=text("login_state = 'pending'"),
    ),
)
"""A log-in is unique among the active ones: `logins` has rows for these only."""


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
    encrypted("address", Category.ADDRESS, "account", OnErase.DELETE, nullable=False),
    Index("ix_addresses_customer_id_position", "customer_id", "position"),
)
