"""Recommenders with one fault each, and the case of the conformance kit that finds it."""

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.domain.identifiers import ProductId
from plugins.recommend.cooccurrence import CooccurrenceRecommender, Model
from ports.recommendation import Basket, PurchaseHistory, Recommendation


class WorkingRecommender(CooccurrenceRecommender):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "model.json", least_people=5, now=lambda: datetime.now(UTC))


class KeepsItsModelInMemory(WorkingRecommender):
    def _write(self, model: Model) -> None:
        self._model = model

    async def _current(self) -> Model:
        return self._model


class ReadsItsModelOnce(WorkingRecommender):
    async def _current(self) -> Model:
        return self._model if self._read_at else await super()._current()


class RecommendsTheBasket(WorkingRecommender):
    async def also_bought(
        self, products: Sequence[ProductId], limit: int
    ) -> tuple[Recommendation, ...]:
        found = await super().also_bought(products, limit)
        own = tuple(
            Recommendation(product_id=each, score=99.0, reason="also_bought") for each in products
        )
        return (*own, *found)[:limit] if found else ()


class IgnoresTheLimit(WorkingRecommender):
    async def also_bought(
        self,
        products: Sequence[ProductId],
        limit: int,  # noqa: ARG002
    ) -> tuple[Recommendation, ...]:
        return await super().also_bought(products, 50)


class RepeatsItself(WorkingRecommender):
    async def trending(self, limit: int) -> tuple[Recommendation, ...]:
        found = await super().trending(limit)
        return (found[0], *found)[:limit] if found else ()


class ScoresAreNotNumbers(WorkingRecommender):
    async def trending(self, limit: int) -> tuple[Recommendation, ...]:
        found = await super().trending(limit)
        return tuple(replace(each, score=float("nan")) for each in found)


class ShufflesTies(WorkingRecommender):
    async def trending(self, limit: int) -> tuple[Recommendation, ...]:
        found = list(await super().trending(50))
        random.shuffle(found)
        return tuple(sorted(found, key=lambda each: -each.score)[:limit])


class NamesThePerson(WorkingRecommender):
    async def trending(self, limit: int) -> tuple[Recommendation, ...]:
        found = await super().trending(limit)
        return tuple(replace(each, reason="person-1") for each in found)


class PublishesOnePerson(WorkingRecommender):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._least_people = 1


class CountsBaskets(WorkingRecommender):
    """Takes each basket for another person."""

    async def rebuild(self, purchase_history: PurchaseHistory) -> None:
        class Anonymous:
            async def baskets(self) -> AsyncIterator[Basket]:
                number = 0
                async for basket in purchase_history.baskets():
                    number += 1
                    yield replace(basket, person=str(number))

        await super().rebuild(Anonymous())


class NeverForgets(WorkingRecommender):
    def _write(self, model: Model) -> None:
        old = self._read() if self._path.exists() else {"pairs": {}, "trend": []}
        trend = dict((*old["trend"], *model["trend"]))
        ranked = sorted(trend.items(), key=lambda pair: (-pair[1], pair[0]))
        super()._write({"pairs": {**old["pairs"], **model["pairs"]}, "trend": ranked})


class EmptyWhileItLearns(WorkingRecommender):
    async def rebuild(self, purchase_history: PurchaseHistory) -> None:
        self._write({"pairs": {}, "trend": []})
        await super().rebuild(purchase_history)


class EmptyAfterAFailure(WorkingRecommender):
    async def rebuild(self, purchase_history: PurchaseHistory) -> None:
        try:
            await super().rebuild(purchase_history)
        except Exception:
            self._write({"pairs": {}, "trend": []})
            raise


class RaisesForUnknownProducts(WorkingRecommender):
    async def also_bought(
        self, products: Sequence[ProductId], limit: int
    ) -> tuple[Recommendation, ...]:
        known = (await self._current())["pairs"]
        if known and not all(str(each) in known for each in products):
            raise KeyError(products)
        return await super().also_bought(products, limit)


class WorstSellersFirst(WorkingRecommender):
    async def trending(self, limit: int) -> tuple[Recommendation, ...]:
        found = (await super().trending(50))[::-1]
        return tuple(replace(each, score=1 / each.score) for each in found)[:limit]


BROKEN_RECOMMENDERS: dict[type[WorkingRecommender], str] = {
    KeepsItsModelInMemory: "test_what_the_worker_learns_is_served_by_every_process",
    ReadsItsModelOnce: "test_what_the_worker_learns_is_served_by_every_process",
    RecommendsTheBasket: "test_products_that_are_bought_together_are_recommended",
    IgnoresTheLimit: "test_the_limit_is_respected",
    RepeatsItself: "test_answers_keep_the_contract",
    ScoresAreNotNumbers: "test_answers_keep_the_contract",
    ShufflesTies: "test_the_same_purchases_give_the_same_answers",
    NamesThePerson: "test_answers_keep_the_contract",
    PublishesOnePerson: "test_products_of_few_people_are_not_recommended",
    CountsBaskets: "test_one_person_who_buys_often_is_one_person",
    NeverForgets: "test_a_rebuild_replaces_what_was_learned",
    EmptyWhileItLearns: "test_old_answers_are_served_during_a_rebuild",
    EmptyAfterAFailure: "test_a_rebuild_that_fails_changes_nothing",
    RaisesForUnknownProducts: "test_unknown_products_have_no_effect",
    WorstSellersFirst: "test_best_sellers_come_first",
}
