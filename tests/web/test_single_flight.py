"""The same question at the same time is answered once; few searches run at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

import pytest
from sqlalchemy import event

from adapters.cache.search import SharedSearch
from adapters.single_flight import SingleFlight
from core.application.catalogue.browsing import Listing
from entrepot.assembly.shop import Shop
from ports.errors import Rejected
from ports.search import SearchQuery, Sort

pytestmark = pytest.mark.anyio

VISITORS = 8
# Newest first: its pages are not stored, so only the single flight saves statements.
QUESTION = SearchQuery(words="teapot", sort=Sort.NEWEST)


async def statements_of(shop: Shop, queries: list[SearchQuery]) -> int:
    """How many statements the searches of all visitors need who come at the same time."""
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "search_" in statement:
            seen.append(statement)

    browse = shop.browse_products()

    async def ask(query: SearchQuery) -> Listing:
        return await browse(query, "zh")

    engine = shop.database().reads.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        listings = await asyncio.gather(*(ask(each) for each in queries))
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert all(each.total for each in listings)
    return len(seen)


async def ask_each(
    _self: object, _question: Hashable, ask: Callable[[], Awaitable[object]]
) -> object:
    return await ask()


async def test_one_search_serves_all_who_ask_the_same_at_the_same_time(
    stocked: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await statements_of(stocked, [QUESTION])
    one = await statements_of(stocked, [QUESTION])
    assert one > 0
    assert await statements_of(stocked, [QUESTION] * VISITORS) == one
    # Who comes later asks anew.
    assert await statements_of(stocked, [QUESTION]) == one
    # Without the single flight, each visitor costs a search.
    monkeypatch.setattr(SingleFlight, "__call__", ask_each)
    assert await statements_of(stocked, [QUESTION] * VISITORS) == one * VISITORS


async def test_a_visitor_who_leaves_does_not_take_the_answer_from_the_others(
    stocked: Shop,
) -> None:
    search = stocked.search()
    first = asyncio.create_task(search.search(QUESTION))
    others = [asyncio.create_task(search.search(QUESTION)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    results = await asyncio.gather(first, *others, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert all(getattr(each, "total", 0) for each in results[1:])


async def test_an_error_reaches_everybody_who_asked(stocked: Shop) -> None:
    search = stocked.search()
    wrong = SearchQuery(words="teapot", sort=Sort.NEWEST, cursor="not a cursor")
    results = await asyncio.gather(
        *(search.search(wrong) for _ in range(3)), return_exceptions=True
    )
    assert [type(each) for each in results] == [Rejected] * 3


async def test_more_searches_than_slots_are_all_answered(stocked: Shop) -> None:
    search = SharedSearch(stocked.search(), at_once=1)
    queries = [SearchQuery(words="teapot", limit=1 + number) for number in range(VISITORS)]
    results = await asyncio.gather(*(search.search(each) for each in queries))
    assert [len(each.product_ids) > 0 for each in results] == [True] * VISITORS
