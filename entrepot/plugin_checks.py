"""Checks of what a plugin registered, against its manifest and the other plugins.

Those that need the web, the command line or the database are in the assembly.
"""

from collections.abc import Callable, Mapping

from entrepot.loaded_plugins import LoadedPlugin
from entrepot.plugin_contract import ADMIN_PAGES, CONTRACT, EVENT_TYPES, FIELDS, codes_of
from entrepot.plugin_fields import check_fields
from entrepot.plugin_manifest import PluginRefused

CheckPlugin = Callable[[LoadedPlugin, Mapping[str, LoadedPlugin]], None]
"""Checks a new plugin; the others are by name. Raises an exception with a message of one line."""


def check_codes(reserved: Mapping[str, frozenset[str]]) -> CheckPlugin:
    """Codes are unique. ``reserved`` has those of the shop's own objects, by hook."""

    def check(plugin: LoadedPlugin, others: Mapping[str, LoadedPlugin]) -> None:
        for hook, described in plugin.descriptions.items():
            if CONTRACT[hook].describe is None:
                continue
            owners = dict.fromkeys(reserved.get(hook, ()), "that of the shop")
            if not CONTRACT[hook].shared_codes:
                owners |= _owners(hook, others)
            for code in (code for each in described for code in codes_of(each)):
                if code in owners:
                    raise PluginRefused(f"its “{code}” clashes with {owners[code]}")
                owners[code] = "another one of its own: give each its own code"

    return check


def check_event_types(plugin: LoadedPlugin, _others: Mapping[str, LoadedPlugin]) -> None:
    """An event type begins with the name of its plugin."""
    name = plugin.manifest.name
    for each in plugin.descriptions.get(EVENT_TYPES, ()):
        if not each.code.startswith(f"{name}."):
            raise PluginRefused(f"its event type “{each.code}” must begin with “{name}.”")


def check_page_permissions(plugin: LoadedPlugin, _others: Mapping[str, LoadedPlugin]) -> None:
    """An admin page needs declared permissions. Any other could be given to no role."""
    declared = {each.code for each in plugin.manifest.permissions}
    for page in plugin.descriptions.get(ADMIN_PAGES, ()):
        for permission in sorted(page.permissions - declared):
            raise PluginRefused(
                f"its admin page “{page.code}” needs the permission “{permission}”: "
                "declare it in the manifest"
            )


def check_declared_fields(purposes: frozenset[str]) -> CheckPlugin:
    """Fields have the name of the plugin, and ``purposes`` of the privacy notice."""

    def check(plugin: LoadedPlugin, _others: Mapping[str, LoadedPlugin]) -> None:
        described = plugin.descriptions.get(FIELDS, ())
        check_fields(plugin.manifest.name, described, purposes)

    return check


OWN_CHECKS: tuple[CheckPlugin, ...] = (check_codes({}), check_event_types, check_page_permissions)
"""What needs nothing but the plugins."""


def _owners(hook: str, plugins: Mapping[str, LoadedPlugin]) -> dict[str, str]:
    return {
        code: f"that of “{name}”"
        for name, plugin in plugins.items()
        for each in plugin.descriptions.get(hook, ())
        for code in codes_of(each)
    }
