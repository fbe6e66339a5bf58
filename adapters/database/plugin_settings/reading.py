"""Reads the saved settings before the plugins are loaded."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.early_reads import read_early
from adapters.database.plugin_settings.store import ALL, saved_settings_of
from ports.plugin_settings import SavedSettings


def read_saved_settings(address: str) -> Mapping[str, SavedSettings]:
    """What is saved, by plugin, in one statement. Empty if the database cannot be read yet."""

    async def read(connection: AsyncConnection) -> Mapping[str, SavedSettings]:
        rows = (await connection.execute(ALL)).all()
        return {row.plugin: saved_settings_of(row) for row in rows}

    return read_early(address, read, {})
