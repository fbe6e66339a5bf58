"""The conformance kit for a search index."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from adapters.plugins.answers.search import search_result
from core.domain.identifiers import CategoryId, ProductId
from core.domain.money import Money
from ports.errors import Rejected
from ports.search import SearchDocument, SearchIndex, SearchQuery, Sort

TEA, HOME = CategoryId(UUID(int=1001)), CategoryId(UUID(int=1002))
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def document(number: int, title: str, category: CategoryId, colour: str) -> SearchDocument:
    return SearchDocument(
        product_id=ProductId(UUID(int=number)),
        texts=(title, "器作 Qizuo"),
        categories=frozenset({category}),
        attributes=frozenset({("colour", colour), ("made", "hand")}),
        lowest_price=Money(number * 1_000, "CNY"),
        published_at=BEGIN + timedelta(days=number),
        in_stock=number != 2,
    )


DOCUMENTS = (
    document(1, "龙泉青瓷茶壶 Celadon teapot", TEA, "green"),
    document(2, "青瓷品茗杯 Celadon tea cup", TEA, "green"),
    document(3, "月白茶壶 Moon white teapot", TEA, "white"),
    document(4, "床头灯 Bedside lamp", HOME, "white"),
    document(5, "阅读灯 Reading lamp", HOME, "green"),
)


class SearchIndexSuite:
    """Override the fixture ``new_search``.

    It returns a function that makes an index; the first one is empty. Each index stands for one
    process: the worker puts the documents, the web servers search. All have the same documents.
    """

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def new_search(self) -> Callable[[], SearchIndex]:
        raise NotImplementedError("Override the fixture `new_search`.")

    @pytest.fixture
    def search(self, new_search: Callable[[], SearchIndex]) -> SearchIndex:
        return new_search()

    @pytest.fixture
    async def index(self, search: SearchIndex) -> SearchIndex:
        await search.put(DOCUMENTS)
        return search

    async def _found(self, index: SearchIndex, **query: object) -> list[int]:
        asked = SearchQuery(**query)  # type: ignore[arg-type]
        result = search_result(await index.search(asked), asked)
        return [product_id.int for product_id in result.product_ids]

    async def test_an_empty_index_finds_nothing(self, search: SearchIndex) -> None:
        assert isinstance(search, SearchIndex)
        assert (await search.search(SearchQuery())).total == 0

    async def test_what_the_worker_puts_is_found_by_every_process(
        self, new_search: Callable[[], SearchIndex]
    ) -> None:
        worker, web = new_search(), new_search()
        assert await self._found(web) == []
        await worker.put(DOCUMENTS)
        for process in (web, new_search()):
            assert set(await self._found(process, words="celadon")) == {1, 2}
        await worker.remove((ProductId(UUID(int=1)),))
        assert await self._found(new_search(), words="celadon") == [2]

    @pytest.mark.parametrize(
        ("words", "numbers"),
        [
            ("茶壶", {1, 3}),
            ("青瓷茶壶", {1}),
            ("celadon", {1, 2}),
            ("TEAPOTS", {1, 3}),
            ("lamp bedside", {4}),
            ("器作", {1, 2, 3, 4, 5}),
            ("ＬＡＭＰ", {4, 5}),
            ("spaceship", set()),
            ("'; DROP TABLE products; --", set()),
            ('"*( AND', set()),
        ],
    )
    async def test_words_are_found_in_both_languages(
        self, index: SearchIndex, words: str, numbers: set[int]
    ) -> None:
        assert set(await self._found(index, words=words)) == numbers

    @pytest.mark.parametrize(("words", "numbers"), [("teapto", {1, 3}), ("茶湖", {1, 3})])
    async def test_a_typo_is_corrected_and_reported(
        self, index: SearchIndex, words: str, numbers: set[int]
    ) -> None:
        result = await index.search(SearchQuery(words=words))
        assert {product_id.int for product_id in result.product_ids} == numbers
        assert result.corrected

    async def test_filters_reduce_the_results(self, index: SearchIndex) -> None:
        assert set(await self._found(index, category=TEA)) == {1, 2, 3}
        assert set(await self._found(index, lowest=2_000, highest=4_000)) == {2, 3, 4}
        assert set(await self._found(index, words="celadon", in_stock=True)) == {1}
        white = {"colour": frozenset({"white"})}
        assert set(await self._found(index, attributes=white)) == {3, 4}
        both = {"colour": frozenset({"white", "green"}), "made": frozenset({"hand"})}
        assert set(await self._found(index, attributes=both, category=HOME)) == {4, 5}

    @pytest.mark.parametrize(
        ("sort", "numbers"),
        [
            (Sort.NEWEST, [5, 4, 3, 2, 1]),
            (Sort.PRICE_ASCENDING, [1, 2, 3, 4, 5]),
            (Sort.PRICE_DESCENDING, [5, 4, 3, 2, 1]),
        ],
    )
    async def test_results_are_sorted(
        self, index: SearchIndex, sort: Sort, numbers: list[int]
    ) -> None:
        assert await self._found(index, sort=sort) == numbers

    @pytest.mark.parametrize("words", ["", "器作"])
    @pytest.mark.parametrize("sort", list(Sort))
    async def test_pages_show_each_product_once(
        self, index: SearchIndex, sort: Sort, words: str
    ) -> None:
        seen: list[ProductId] = []
        cursor = ""
        for _ in range(4):
            page = await index.search(SearchQuery(words=words, sort=sort, limit=2, cursor=cursor))
            seen += page.product_ids
            cursor = page.cursor
            if not cursor:
                break
        assert len(seen) == len(set(seen)) == len(DOCUMENTS)

    @pytest.mark.parametrize("cursor", ["x", "W10", "///", "WyJhIiwiYiJd", "é"])
    async def test_a_forged_cursor_is_rejected(self, index: SearchIndex, cursor: str) -> None:
        with pytest.raises(Rejected):
            await index.search(SearchQuery(cursor=cursor))

    async def test_a_facet_counts_the_results_of_choosing_it(self, index: SearchIndex) -> None:
        result = await index.search(SearchQuery(category=TEA))
        counts = {(each.code, each.value): each.count for each in result.facets}
        assert counts == {
            ("colour", "green"): 2,
            ("colour", "white"): 1,
            ("made", "hand"): 3,
        }
        chosen = await index.search(
            SearchQuery(category=TEA, attributes={"colour": frozenset({"white"})})
        )
        counts = {(each.code, each.value): each.count for each in chosen.facets}
        assert chosen.total == 1
        assert counts["colour", "green"] == 2
        assert counts["made", "hand"] == 1

    async def test_putting_a_product_again_replaces_it(self, index: SearchIndex) -> None:
        renamed = document(1, "紫砂壶 Zisha pot", TEA, "brown")
        await index.put((renamed,))
        assert await self._found(index, words="zisha") == [1]
        assert 1 not in await self._found(index, words="celadon")
        assert len(await self._found(index)) == len(DOCUMENTS)

    async def test_a_removed_product_is_not_found(self, index: SearchIndex) -> None:
        assert 1 in await self._found(index, words="celadon")
        await index.remove((ProductId(UUID(int=1)), ProductId(UUID(int=77))))
        assert await self._found(index, words="celadon") == [2]
