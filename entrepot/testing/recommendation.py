"""The conformance kit for a recommender."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from adapters.plugins.answers.recommendation import recommendations
from core.domain.identifiers import ProductId
from ports.recommendation import Basket, Recommender

POT, CUP, LAMP, PEN = (ProductId(UUID(int=number)) for number in range(1, 5))
MANY = tuple(ProductId(UUID(int=number)) for number in range(100, 120))
NewRecommender = Callable[[], Recommender]


class HistoryFailed(Exception):
    """The database went away while the recommender read the purchases."""


class History:
    """Purchases in memory, each by another one of ``people``. ``between`` runs before each."""

    def __init__(
        self,
        baskets: Sequence[frozenset[ProductId]],
        between: Callable[[], Awaitable[None]] | None = None,
        people: int = 1_000,
    ) -> None:
        self._baskets = baskets
        self._between = between
        self._people = people

    async def baskets(self) -> AsyncIterator[Basket]:
        for number, products in enumerate(self._baskets):
            if self._between:
                await self._between()
            person = f"person-{number % self._people}"
            yield Basket(person=person, products=products, at=datetime.now(UTC))


class RecommenderSuite:
    """Override the fixture ``new_recommender``.

    It returns a function that makes a recommender on the folder ``tmp_path``. Each recommender
    stands for one process: the worker rebuilds, the web servers recommend. What one learns, the
    others must serve, without a restart.
    """

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def new_recommender(self, tmp_path: Path) -> NewRecommender:
        raise NotImplementedError("Override the fixture `new_recommender`.")

    @pytest.fixture
    def recommender(self, new_recommender: NewRecommender) -> Recommender:
        return new_recommender()

    @pytest.fixture
    def history(self) -> History:
        return History(
            [*[frozenset({POT, CUP})] * 20, *[frozenset({POT, LAMP})] * 3, frozenset({PEN})]
        )

    async def test_it_returns_nothing_before_the_first_rebuild(
        self, recommender: Recommender
    ) -> None:
        assert isinstance(recommender, Recommender)
        assert await recommender.also_bought([POT], 5) == ()
        assert await recommender.trending(5) == ()

    async def test_what_the_worker_learns_is_served_by_every_process(
        self, new_recommender: NewRecommender, history: History
    ) -> None:
        worker, web = new_recommender(), new_recommender()
        assert await web.trending(5) == ()
        await worker.rebuild(history)
        for process in (web, new_recommender()):
            assert await process.trending(9) == await worker.trending(9) != ()
            assert await process.also_bought([POT], 9) == await worker.also_bought([POT], 9) != ()
        await worker.rebuild(History([frozenset({LAMP, PEN})] * 10))
        assert {each.product_id for each in await web.trending(9)} == {LAMP, PEN}

    async def test_products_that_are_bought_together_are_recommended(
        self, recommender: Recommender, history: History
    ) -> None:
        await recommender.rebuild(history)
        recommended = await recommender.also_bought([POT], 5)
        assert recommended[0].product_id == CUP
        assert POT not in {each.product_id for each in recommended}
        both = {each.product_id for each in await recommender.also_bought([POT, CUP], 9)}
        assert both.isdisjoint({POT, CUP})

    async def test_answers_keep_the_contract(
        self, recommender: Recommender, history: History
    ) -> None:
        await recommender.rebuild(history)
        answers = (
            recommendations(await recommender.also_bought([POT, CUP, LAMP], 9), 9),
            recommendations(await recommender.also_bought([POT], 9), 9),
            recommendations(await recommender.trending(9), 9),
        )
        for recommended in answers:
            scores = [each.score for each in recommended]
            assert scores == sorted(scores, reverse=True)
            assert len({each.product_id for each in recommended}) == len(recommended)
            assert [each for each in recommended if "person" in each.reason] == []

    @pytest.mark.parametrize("limit", [0, 1, 2])
    async def test_the_limit_is_respected(self, recommender: Recommender, limit: int) -> None:
        await recommender.rebuild(History([frozenset(MANY)] * 10))
        assert len(await recommender.trending(limit)) == limit
        assert len(await recommender.also_bought(MANY[:2], limit)) == limit

    async def test_best_sellers_come_first(
        self, recommender: Recommender, history: History
    ) -> None:
        await recommender.rebuild(history)
        assert [each.product_id for each in await recommender.trending(2)] == [POT, CUP]

    async def test_the_same_purchases_give_the_same_answers(self, recommender: Recommender) -> None:
        await recommender.rebuild(History([frozenset(MANY)] * 10))
        first = await recommender.trending(9), await recommender.also_bought(MANY[:1], 9)
        assert first == (await recommender.trending(9), await recommender.also_bought(MANY[:1], 9))
        await recommender.rebuild(History([frozenset(reversed(MANY))] * 10))
        assert first == (await recommender.trending(9), await recommender.also_bought(MANY[:1], 9))

    async def test_products_of_few_people_are_not_recommended(
        self, recommender: Recommender, history: History
    ) -> None:
        await recommender.rebuild(history)
        assert CUP in {each.product_id for each in await recommender.also_bought([POT], 9)}
        assert LAMP not in {each.product_id for each in await recommender.also_bought([POT], 9)}

    async def test_one_person_who_buys_often_is_one_person(self, recommender: Recommender) -> None:
        await recommender.rebuild(History([frozenset({POT, CUP})] * 20, people=1))
        assert await recommender.also_bought([POT], 9) == ()

    async def test_a_rebuild_replaces_what_was_learned(
        self, recommender: Recommender, history: History
    ) -> None:
        """An erased person's purchases are gone after the next rebuild."""
        await recommender.rebuild(history)
        await recommender.rebuild(History([frozenset({LAMP, PEN})] * 10))
        assert {each.product_id for each in await recommender.trending(9)} == {LAMP, PEN}
        assert await recommender.also_bought([POT], 9) == ()

    async def test_old_answers_are_served_during_a_rebuild(
        self, recommender: Recommender, history: History
    ) -> None:
        await recommender.rebuild(history)
        before = await recommender.trending(9), await recommender.also_bought([POT], 9)

        async def look() -> None:
            now = await recommender.trending(9), await recommender.also_bought([POT], 9)
            assert now == before

        await recommender.rebuild(History([frozenset({LAMP, PEN})] * 10, look))

    async def test_a_rebuild_that_fails_changes_nothing(
        self, recommender: Recommender, history: History
    ) -> None:
        await recommender.rebuild(history)
        before = await recommender.trending(9), await recommender.also_bought([POT], 9)
        read = 0

        async def fail() -> None:
            nonlocal read
            read += 1
            if read > 5:
                raise HistoryFailed

        with pytest.raises(HistoryFailed):
            await recommender.rebuild(History([frozenset({LAMP, PEN})] * 10, fail))
        assert before == (await recommender.trending(9), await recommender.also_bought([POT], 9))

    async def test_unknown_products_have_no_effect(
        self, recommender: Recommender, history: History
    ) -> None:
        await recommender.rebuild(history)
        unknown = ProductId(UUID(int=99))
        assert await recommender.also_bought([unknown], 5) == ()
        assert await recommender.also_bought([POT, unknown], 5) == await recommender.also_bought(
            [POT], 5
        )
