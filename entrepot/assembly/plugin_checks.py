"""Checks of plugins that need the web app or the command line.

They are imported when a plugin needs the check: few processes have all faces.
"""

from collections.abc import Mapping

from entrepot.loaded_plugins import LoadedPlugin
from entrepot.plugin_contract import COMMANDS, ROUTES, served_content


def check_routes(plugin: LoadedPlugin, others: Mapping[str, LoadedPlugin]) -> None:
    routes = plugin.registered.get(ROUTES)
    if routes:
        from adapters.web.plugin_routes import check_routes as check  # noqa: PLC0415

        taken = [each for other in others.values() for each in other.registered.get(ROUTES, ())]
        check(routes, taken)


def check_commands(plugin: LoadedPlugin, _others: Mapping[str, LoadedPlugin]) -> None:
    if plugin.registered.get(COMMANDS):
        from adapters.cli.root import refuse_taken_name  # noqa: PLC0415

        refuse_taken_name(plugin.manifest.name)


def check_content(plugin: LoadedPlugin, others: Mapping[str, LoadedPlugin]) -> None:
    content = served_content(plugin.manifest, plugin.registered)
    if not content.is_empty:
        from adapters.web.plugin_content import check_content as check  # noqa: PLC0415

        served = [served_content(each.manifest, each.registered) for each in others.values()]
        check(content, served)
