"""Answers of recommenders."""

from math import isfinite
from typing import Any

from adapters.plugins.answers.checks import WrongAnswer, code_of, exactly, id_of, tuple_of
from ports.recommendation import Recommendation


def recommendations(answer: Any, limit: int) -> tuple[Recommendation, ...]:
    found = tuple_of(answer, "the recommendations", most=limit)
    for each in found:
        recommendation = exactly(each, Recommendation, "a recommendation")
        id_of(recommendation.product_id, "the product")
        code_of(recommendation.reason, "the reason")
        if type(recommendation.score) not in {int, float} or not isfinite(recommendation.score):
            raise WrongAnswer("the score is no finite number")
    return found
