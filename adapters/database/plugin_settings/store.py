"""The saved settings of plugins, with a version for each plugin."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from adapters.database.engine import Database
from adapters.database.statements import upsert
from adapters.database.tables.plugin_settings import plugin_settings
from core.domain.errors import StaleVersion
from ports.plugin_settings import SavedSettings

ALL = select(plugin_settings)
OF_PLUGIN = plugin_settings.c.plugin == bindparam("of_plugin")
BY_PLUGIN = select(plugin_settings).where(OF_PLUGIN)
VERSIONS = select(plugin_settings.c.plugin, plugin_settings.c.version)
NEXT: dict[str, Any] = {
    "version": bindparam("next"),
    "saved": bindparam("values"),
    "secrets": bindparam("encrypted"),
    "changed_at": bindparam("at"),
}
IS_KNOWN = plugin_settings.c.version == bindparam("known")
REPLACE = update(plugin_settings).where(OF_PLUGIN, IS_KNOWN).values(NEXT)


@dataclass(frozen=True, slots=True)
class SqlPluginSettings:
    """Implements `ports.plugin_settings.SavedPluginSettings`."""

    database: Database

    async def find(self, plugin: str) -> SavedSettings:
        async with self.database.reads.connect() as connection:
            row = (await connection.execute(BY_PLUGIN, {"of_plugin": plugin})).first()
        return SavedSettings(plugin=plugin) if row is None else saved_settings_of(row)

    async def versions(self) -> Mapping[str, int]:
        async with self.database.reads.connect() as connection:
            rows = (await connection.execute(VERSIONS)).all()
        return {row.plugin: row.version for row in rows}

    async def save(self, saved: SavedSettings, at: datetime) -> None:
        secrets = {name: b64encode(each).decode() for name, each in saved.secrets.items()}
        async with self.database.writes.begin() as connection:
            if saved.version == 0:
                insert = upsert(connection, plugin_settings).values(
                    plugin=saved.plugin,
                    version=1,
                    saved=dict(saved.values),
                    secrets=secrets,
                    changed_at=at,
                )
                changed = await connection.execute(insert.on_conflict_do_nothing())
            else:
                values = {"values": dict(saved.values), "encrypted": secrets, "at": at}
                versions = {"known": saved.version, "next": saved.version + 1}
                changed = await connection.execute(
                    REPLACE, {"of_plugin": saved.plugin, **versions, **values}
                )
        if changed.rowcount == 0:
            raise StaleVersion("page", saved.plugin)


def saved_settings_of(row: Row[Any]) -> SavedSettings:
    return SavedSettings(
        plugin=row.plugin,
        version=row.version,
        values=row.saved,
        secrets={name: b64decode(each) for name, each in row.secrets.items()},
    )
