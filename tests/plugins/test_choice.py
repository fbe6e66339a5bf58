"""Which plugin the shop uses, and when it searches in a new index."""

from typing import Any

import pytest

from adapters.database.engine import Database
from adapters.database.search.readiness import SqlSearchReadiness
from core.application.search import PrepareSearchIndex
from entrepot import Manifest
from entrepot.assembly.shop import Shop
from entrepot.loaded_plugins import LoadedPlugin
from entrepot.plugin_contract import CodeDescription
from ports.search import SearchDocument, SearchIndexName, SearchQuery, SearchResult
from tests.factories import stock_up

pytestmark = pytest.mark.anyio

RECOMMENDERS, INDEXES = "entrepot_recommenders", "entrepot_search_indexes"


class Index:
    """An index that finds what was put into it, whatever the words."""

    def __init__(self) -> None:
        self.documents: dict[Any, SearchDocument] = {}

    async def put(self, documents: tuple[SearchDocument, ...]) -> None:
        self.documents |= {each.product_id: each for each in documents}

    async def remove(self, product_ids: tuple[Any, ...]) -> None:
        for each in product_ids:
            self.documents.pop(each, None)

    async def search(self, query: SearchQuery) -> SearchResult:
        found = tuple(self.documents)[: query.limit]
        return SearchResult(product_ids=found, total=len(self.documents), corrected="by the index")


def install(shop: Shop, name: str, hook: str, each: Any) -> None:
    manifest = Manifest(name=name, version="1", api=">=1", capabilities=frozenset())
    described = {} if hook == INDEXES else {hook: (CodeDescription(code=name),)}
    shop.plugins().loaded[name] = LoadedPlugin(
        manifest=manifest, registered={hook: (each,)}, descriptions=described
    )


async def found_by(shop: Shop) -> tuple[int, str]:
    result = await shop.search().search(SearchQuery())
    return result.total, result.corrected


async def test_a_new_index_is_searched_when_it_has_the_whole_catalogue(shop: Shop) -> None:
    index = Index()
    install(shop, "engine", INDEXES, index)
    await stock_up(shop)
    total, by = await found_by(shop)
    assert (total > 0, by) == (True, "")
    prepare: PrepareSearchIndex = shop.prepare_search_index()
    await prepare()
    assert await found_by(shop) == (total, "by the index")
    index.documents.clear()
    await prepare()
    assert await found_by(shop) == (0, "by the index"), "prepared once"


async def test_an_index_is_stale_when_another_one_was_used(database: Database) -> None:
    old, new = SearchIndexName("engine 1"), SearchIndexName("engine 2")
    await SqlSearchReadiness(database).mark_ready(old)
    assert await SqlSearchReadiness(database).is_ready(old)
    assert not await SqlSearchReadiness(database).is_ready(new)
    await SqlSearchReadiness(database).mark_ready(new)
    assert not await SqlSearchReadiness(database).is_ready(old)


@pytest.mark.parametrize(
    ("choices", "used", "unused"),
    [
        ({}, "first", "second"),
        ({"recommendation": "second"}, "second", "first"),
        ({"recommendation": "missing"}, None, "first"),
    ],
)
async def test_one_of_several_recommenders_is_used(
    shop: Shop, choices: dict[str, str], used: str | None, unused: str
) -> None:
    manager = shop.plugins()
    manager.loaded.clear()
    manager.choices = choices
    install(shop, "first", RECOMMENDERS, object())
    install(shop, "second", RECOMMENDERS, object())
    chosen = manager.chosen(RECOMMENDERS)
    assert (chosen[0] if chosen else None) == used
    assert shop.recommender().code == (used or "none")
    reasons = {each.name: each.reason for each in shop.plugin_report()()}
    assert "ENTREPOT_PLUGINS_CHOSEN" in reasons[unused]
