"""The pages of plugins in the back office."""

from adapters.plugins.admin_pages import GuardedPages
from adapters.plugins.guards import PluginGuards
from adapters.plugins.limits import Purpose
from entrepot.plugin_contract import ADMIN_PAGES
from entrepot.plugin_manager import PluginManager
from ports.admin.pages import AdminPage, AdminPages


def admin_pages_of(plugins: PluginManager, plugin_guards: PluginGuards) -> AdminPages:
    pages: dict[str, tuple[AdminPage, ...]] = {}
    for name, page in plugins.registered(ADMIN_PAGES):
        guarded = GuardedPages(plugin_guards.of(name, Purpose.PAGES)).page(page)
        pages[name] = (*pages.get(name, ()), guarded)
    return AdminPages(pages)
