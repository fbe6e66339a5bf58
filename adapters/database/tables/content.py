"""The table of content blocks."""

from sqlalchemy import Boolean, CheckConstraint, Column, Integer, Table, Text

from adapters.database.columns import Json, describes, identifier, version
from adapters.database.metadata import metadata

blocks = Table(
    "blocks",
    metadata,
    identifier(what="a content block"),
    Column("kind", Text, nullable=False, info=describes("a content block")),
    Column("position", Integer, nullable=False, info=describes("a content block")),
    Column("contents", Json, nullable=False, info=describes("a content block")),
    Column("published", Boolean, nullable=False, info=describes("a content block")),
    version(),
    CheckConstraint("position >= 1", name="position"),
)
"""``contents`` has a text for each language, a string or a list of strings, by field."""
