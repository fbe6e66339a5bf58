"""The table of saved settings of plugins."""

from sqlalchemy import Column, Integer, Table, Text

from adapters.database.columns import Json, Utc, describes, not_personal
from adapters.database.metadata import metadata

plugin_settings = Table(
    "plugin_settings",
    metadata,
    Column("plugin", Text, primary_key=True, info=not_personal("the name of a plugin")),
    Column("version", Integer, nullable=False, info=not_personal("counts the changes of a row")),
    Column("saved", Json, nullable=False, info=not_personal("settings of the shop's systems")),
    Column("secrets", Json, nullable=False, info=not_personal("encrypted keys of systems")),
    Column("changed_at", Utc, nullable=False, info=describes("a change of settings")),
)
