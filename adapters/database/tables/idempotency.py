"""The table of idempotency keys."""

from sqlalchemy import (
    Column,
    Integer,
    Table,
    Text,
)

from adapters.database.columns import Utc, describes, encrypted, link, not_personal
from adapters.database.metadata import metadata
from core.domain.privacy.inventory import Category, OnErase

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("scope", Text, primary_key=True, info=link("security", OnErase.DELETE)),
    Column("key", Text, primary_key=True, info=not_personal("random")),
    Column("fingerprint", Text, nullable=False, info=not_personal("a hash of a request")),
    Column("status", Integer, nullable=False, info=describes("an answer")),
    Column("content_type", Text, nullable=False, info=describes("an answer")),
    encrypted(
        "body",
        Category.BEHAVIOUR,
        "security",
        OnErase.DELETE,
        export=False,
        reason="a copy, kept for a day, of data that is exported elsewhere",
    ),
    Column("made", Text, nullable=False, info=link("security", OnErase.DELETE)),
    Column("begun_at", Utc, nullable=False, info=describes("an answer")),
    Column("kept_until", Utc, nullable=False, index=True, info=describes("an answer")),
)
