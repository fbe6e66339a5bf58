"""Answers of search indexes."""

from typing import Any

from adapters.plugins.answers.checks import (
    WrongAnswer,
    exactly,
    id_of,
    number_of,
    text_of,
    tuple_of,
)
from ports.search import FacetCount, SearchQuery, SearchResult

MAX_FACETS = 2_000
MAX_CURSOR = 2_000
MAX_WORDS = 500


def search_result(answer: Any, query: SearchQuery) -> SearchResult:
    result = exactly(answer, SearchResult, "the result")
    products = tuple_of(result.product_ids, "the products", most=query.limit)
    for each in products:
        id_of(each, "a product")
    if len(set(products)) < len(products):
        raise WrongAnswer("a product is there twice")
    number_of(result.total, "the total", least=len(products))
    for each in tuple_of(result.facets, "the facets", most=MAX_FACETS):
        facet = exactly(each, FacetCount, "a facet")
        text_of(facet.code, "the code of a facet", least=1)
        text_of(facet.value, "the value of a facet", most=MAX_WORDS)
        number_of(facet.count, "the count of a facet")
    text_of(result.cursor, "the cursor", most=MAX_CURSOR)
    text_of(result.corrected, "the corrected words", most=MAX_WORDS)
    return result
