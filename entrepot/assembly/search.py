"""The search index and the lists of products."""

from adapters.database.engine import Database
from adapters.database.search.database import DatabaseSearch
from adapters.plugins.search import GuardedSearch
from adapters.search.dictionary import DictionarySegmentation
from core.application.catalogue.browsing import BrowseProducts
from core.application.search import IndexProducts
from entrepot.assembly.catalogue import CatalogueParts
from entrepot.assembly.plugin_loading import PluginGuards
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_manager import PluginManager
from ports.search import SearchIndex


def search_of(
    database: Database, plugins: PluginManager, plugin_guards: PluginGuards
) -> SearchIndex:
    fallback = DatabaseSearch(database, DictionarySegmentation())
    for name, index in plugins.registered("entrepot_search_indexes"):
        return GuardedSearch(index, fallback, plugin_guards.of(name))
    return fallback


@wired
class SearchParts(CatalogueParts):
    search = bound(SearchIndex, search_of)
    browse_products = made(
        BrowseProducts, catalogue_queries=CatalogueParts.cached_catalogue_queries
    )
    index_products = made(IndexProducts)
