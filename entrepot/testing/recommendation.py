"""The conformance kit for a recommender."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest

from core.domain.identifiers import ProductId
from ports.recommendation import Basket, Recommender

POT, CUP, LAMP, PEN = (ProductId(UUID(int=number)) for number in range(1, 5))


class History:
    """Purchases in memory, one basket per person."""

    def __init__(self, baskets: Sequence[frozenset[ProductId]]) -> None:
        self._baskets = baskets

    async def baskets(self) -> AsyncIterator[Basket]:
        for number, products in enumerate(self._baskets):
            yield Basket(person=f"person-{number}", products=products, at=datetime.now(UTC))


class RecommenderSuite:
    """Override the fixture ``recommender``: it has not been rebuilt yet."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def recommender(self) -> Recommender:
        raise NotImplementedError("Override the fixture `recommender`.")

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

    async def test_products_that_are_bought_together_are_recommended(
        self, recommender: Recommender, history: History
    ) -> None:
        await recommender.rebuild(history)
        recommended = await recommender.also_bought([POT], 5)
        assert recommended[0].product_id == CUP
        assert POT not in {each.product_id for each in recommended}

    async def test_scores_decrease_and_products_are_unique(
        self, recommender: Recommender, history: History
    ) -> None:
        await recommender.rebuild(history)
        for recommended in (await recommender.also_bought([POT], 9), await recommender.trending(9)):
            scores = [each.score for each in recommended]
            assert scores == sorted(scores, reverse=True)
            assert len({each.product_id for each in recommended}) == len(recommended)

    async def test_the_limit_is_respected(self, recommender: Recommender, history: History) -> None:
        await recommender.rebuild(history)
        assert len(await recommender.trending(2)) == 2
        assert await recommender.trending(0) == ()

    async def test_best_sellers_come_first(
        self, recommender: Recommender, history: History
    ) -> None:
        await recommender.rebuild(history)
        assert [each.product_id for each in await recommender.trending(2)] == [POT, CUP]

    async def test_products_of_few_people_are_not_recommended(
        self, recommender: Recommender, history: History
    ) -> None:
        await recommender.rebuild(history)
        assert CUP in {each.product_id for each in await recommender.also_bought([POT], 9)}
        assert LAMP not in {each.product_id for each in await recommender.also_bought([POT], 9)}

    async def test_unknown_products_have_no_effect(
        self, recommender: Recommender, history: History
    ) -> None:
        await recommender.rebuild(history)
        unknown = ProductId(UUID(int=99))
        assert await recommender.also_bought([unknown], 5) == ()
        assert await recommender.also_bought([POT, unknown], 5) == await recommender.also_bought(
            [POT], 5
        )
