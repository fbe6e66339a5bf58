"""Tables about plugins: the catalogue of their tables, and what operators switched off."""

from sqlalchemy import Column, Table, Text

from adapters.database.columns import Json, Utc, describes
from adapters.database.metadata import metadata

plugin_tables = Table(
    "plugin_tables",
    metadata,
    Column("plugin", Text, primary_key=True, info=describes("a plugin")),
    Column("tables", Json, nullable=False, info=describes("the tables of a plugin")),
    Column("noted_at", Utc, nullable=False, info=describes("a plugin")),
)
"""The catalogue of plugin tables. It stays after the plugin was removed, because its rows stay."""


disabled_plugins = Table(
    "disabled_plugins",
    metadata,
    Column("plugin", Text, primary_key=True, info=describes("a plugin")),
    Column("disabled_at", Utc, nullable=False, info=describes("a plugin")),
)
"""Plugins that `entrepot plugins disable` switched off."""
