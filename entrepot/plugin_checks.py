"""Checks of what plugins register, which depend on the other parts of the shop."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from adapters.database.plugin_tables.declaration import PluginTables
from entrepot.plugin_manifest import PluginRefused

CheckTables = Callable[[str, PluginTables], None]
"""Checks the tables of a plugin. Raises an exception with a message of one line."""

OutdatedTables = Callable[[Mapping[str, PluginTables]], Collection[str]]
"""The plugins whose tables the database does not have as this version needs them."""

CheckRoutes = Callable[[Sequence[Any], Sequence[Any]], None]
"""Checks new routes against the accepted ones. Raises an exception with a message of one line."""


def accept_tables(_name: str, _tables: PluginTables) -> None:
    """For processes without a database: accepts all tables."""


def accept_routes(_routes: Sequence[Any], _others: Sequence[Any]) -> None:
    """For processes without a web server: accepts all routes."""


def refuse_foreign_types(plugin: str, event_types: Sequence[Any]) -> None:
    """Raises `PluginRefused` if a type does not begin with the name of the plugin."""
    for each in event_types:
        if not each.code.startswith(f"{plugin}."):
            raise PluginRefused(f"its event type “{each.code}” must begin with “{plugin}.”")
