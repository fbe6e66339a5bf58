"""The table of the fields that plugins declared. Their values are columns of their owners."""

from sqlalchemy import Column, Table, Text

from adapters.database.columns import Json, Utc, describes, texts
from adapters.database.metadata import metadata

field_declarations = Table(
    "field_declarations",
    metadata,
    Column("name", Text, primary_key=True, info=describes("a field")),
    Column("owner", Text, nullable=False, info=describes("a field")),
    texts("label", what="a field"),
    Column("classification", Json, nullable=False, info=describes("a field")),
    Column("seen_at", Utc, nullable=False, info=describes("a field")),
)
"""Also those of plugins that were removed: their values stay."""
