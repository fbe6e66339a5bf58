"""The search index and the lists of products."""

from adapters.cache.search import SharedSearch
from adapters.database.engine import Database
from adapters.database.search.database import DatabaseSearch
from adapters.database.search.readiness import SqlSearchReadiness
from adapters.plugins.guards import PluginGuards
from adapters.plugins.search import GuardedSearch
from adapters.search.dictionary import DictionarySegmentation
from core.application.catalogue.browsing import BrowseProducts
from core.application.search import IndexProducts, PrepareSearchIndex, RebuildSearchIndex
from entrepot.assembly.catalogue import CatalogueParts
from entrepot.assembly.wiring import bound, made, wired
from entrepot.plugin_contract import SEARCH_INDEXES
from entrepot.plugin_manager import PluginManager
from ports.search import SearchIndex, SearchIndexName, SearchReadiness


def index_name_of(plugins: PluginManager) -> SearchIndexName:
    chosen = plugins.chosen(SEARCH_INDEXES)
    if chosen is None:
        return SearchIndexName("database")
    return SearchIndexName(f"{chosen[0]} {plugins.loaded[chosen[0]].manifest.version}")


SQLITE_SEARCHES = 1
"""Each one blocks the event loop, so two at once are only later to let others in."""
POSTGRESQL_SEARCHES = 6
"""Fewer than the pool has connections, so that other pages do not wait for searches."""


def search_of(
    database: Database,
    plugins: PluginManager,
    plugin_guards: PluginGuards,
    name: SearchIndexName,
    readiness: SearchReadiness,
) -> SearchIndex:
    fallback = SharedSearch(
        DatabaseSearch(database, DictionarySegmentation()),
        SQLITE_SEARCHES if database.is_sqlite else POSTGRESQL_SEARCHES,
    )
    chosen = plugins.chosen(SEARCH_INDEXES)
    if chosen is None:
        return fallback
    plugin, index, _ = chosen
    return GuardedSearch(index, fallback, plugin_guards.of(plugin), name, readiness)


@wired
class SearchParts(CatalogueParts):
    index_name = bound(SearchIndexName, index_name_of)
    search_readiness = bound(SearchReadiness, SqlSearchReadiness)
    search = bound(SearchIndex, search_of)
    browse_products = made(
        BrowseProducts, catalogue_queries=CatalogueParts.cached_catalogue_queries
    )
    index_products = made(IndexProducts)
    rebuild_search_index = made(RebuildSearchIndex)
    prepare_search_index = made(PrepareSearchIndex)
