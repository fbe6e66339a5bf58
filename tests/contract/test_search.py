"""The contract of the search index, on SQLite and PostgreSQL."""

from collections.abc import Callable

import pytest

from adapters.database.engine import Database
from adapters.database.search.database import DatabaseSearch
from adapters.search.dictionary import DictionarySegmentation
from entrepot.testing import SearchIndexSuite
from entrepot.testing.search import TEA, document
from ports.search import SearchIndex, SearchQuery


class CorrectingSearchSuite(SearchIndexSuite):
    """Corrections, which the port does not require: words without a match are left out."""

    @pytest.mark.parametrize(
        ("words", "numbers"),
        [("茶壶子", {1, 3}), ("wooden teapot", {1, 3}), ("木头茶壶", {1, 3}), ("白色茶壶", {3})],
    )
    async def test_words_without_a_match_are_left_out_and_the_correction_is_shown(
        self, index: SearchIndex, words: str, numbers: set[int]
    ) -> None:
        if words == "白色茶壶":
            await index.put((document(3, "白 茶壶 White teapot", TEA, "white"),))
        result = await index.search(SearchQuery(words=words))
        assert {product_id.int for product_id in result.product_ids} == numbers
        assert result.corrected


class TestDatabaseSearch(CorrectingSearchSuite):
    @pytest.fixture
    def new_search(self, database: Database) -> Callable[[], SearchIndex]:
        return lambda: DatabaseSearch(database, DictionarySegmentation())
