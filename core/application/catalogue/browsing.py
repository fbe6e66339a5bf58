"""Product lists with facets, and the product page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain.errors import NotFound
from ports.catalogue.queries import CatalogueQueries, FacetLabel, ProductCard, ProductView
from ports.search import FacetCount, SearchIndex, SearchQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    code: str
    name: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of products. ``cursor`` asks for the next one and is empty on the last.

    ``corrected`` is what was searched instead of words that found nothing.
    """

    products: tuple[ProductCard, ...]
    total: int
    facets: tuple[Facet, ...]
    cursor: str
    corrected: str


@dataclass(frozen=True, slots=True)
class BrowseProducts:
    """List or search products, with counts of what they can be filtered by."""

    search: SearchIndex
    catalogue_queries: CatalogueQueries

    async def __call__(self, query: SearchQuery, language: str) -> Listing:
        found = await self.search.search(query)
        labels = await self.catalogue_queries.facet_labels(language) if found.facets else ()
        return Listing(
            products=await self.catalogue_queries.cards(found.product_ids, language),
            total=found.total,
            facets=facets_of(found.facets, labels, query.attributes),
            cursor=found.cursor,
            corrected=found.corrected,
        )


@dataclass(frozen=True, slots=True)
class ShowProduct:
    """A published product, by the handle in its address."""

    catalogue_queries: CatalogueQueries

    async def __call__(self, handle: str, language: str) -> ProductView:
        product = await self.catalogue_queries.product(handle, language)
        if product is None:
            raise NotFound("product", handle)
        return product


def facets_of(
    counts: Sequence[FacetCount],
    labels: Sequence[FacetLabel],
    chosen: Mapping[str, frozenset[str]],
) -> tuple[Facet, ...]:
    """Counts with names, one facet a code, in the order of the counts."""
    names = {(label.code, label.value): label for label in labels}
    values: dict[str, list[FacetValue]] = {}
    for each in counts:
        label = names.get((each.code, each.value))
        values.setdefault(each.code, []).append(
            FacetValue(
                value=each.value,
                label=label.label if label else each.value,
                count=each.count,
                chosen=each.value in chosen.get(each.code, frozenset()),
            )
        )
    titles = {label.code: label.name for label in labels}
    return tuple(
        Facet(code=code, name=titles.get(code, code), values=tuple(own))
        for code, own in values.items()
    )
