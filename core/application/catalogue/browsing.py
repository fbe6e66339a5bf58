"""Lists products with facets, and shows one product."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.application.pricing.product_prices import ANYONE, PriceProduct, Visitor
from core.domain.errors import NotFound
from core.domain.fields.declared import DeclaredFields
from core.domain.fields.filters import filter_field, filter_label, is_filter
from core.domain.pricing.applied.shown_prices import NO_GROUPS
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
    """One page of products. ``cursor`` is for the next page, and empty on the last one.

    ``corrected`` is the corrected search text, if the original text had no results.
    """

    products: tuple[ProductCard, ...]
    total: int
    facets: tuple[Facet, ...]
    cursor: str
    corrected: str


@dataclass(frozen=True, slots=True)
class BrowseProducts:
    """List or search products, with facets. The prices are those of the buyer's ``groups``.

    The order and the price filter are those of the public prices.
    """

    search: SearchIndex
    catalogue_queries: CatalogueQueries
    declared_fields: DeclaredFields

    async def __call__(
        self, query: SearchQuery, language: str, groups: frozenset[str] = NO_GROUPS
    ) -> Listing:
        results = await self.search.search(query)
        declared = self.declared_fields
        counts = _declared_counts(declared, results.facets)
        labels = await self.catalogue_queries.facet_labels(language) if results.facets else ()
        return Listing(
            products=await self.catalogue_queries.cards(results.product_ids, language, groups),
            total=results.total,
            facets=facets_of(
                counts, (*labels, *_field_labels(declared, counts, language)), query.attributes
            ),
            cursor=results.cursor,
            corrected=results.corrected,
        )


@dataclass(frozen=True, slots=True)
class ShowProduct:
    """Show a published product by its handle. Raises `NotFound`.

    ``visitor`` is for whom plugins offer prices, and where.
    """

    catalogue_queries: CatalogueQueries
    price_product: PriceProduct

    async def __call__(
        self,
        handle: str,
        language: str,
        groups: frozenset[str] = NO_GROUPS,
        visitor: Visitor = ANYONE,
    ) -> ProductView:
        product = await self.catalogue_queries.product(handle, language, groups)
        if product is None:
            raise NotFound("product", handle)
        return await self.price_product(product, language, visitor)


def _declared_counts(
    declared: DeclaredFields, counts: Sequence[FacetCount]
) -> Sequence[FacetCount]:
    """Without the filters of plugins that were removed: the index may have them still."""
    return [
        each for each in counts if not is_filter(each.code) or filter_field(declared, each.code)
    ]


def _field_labels(
    declared: DeclaredFields, counts: Sequence[FacetCount], language: str
) -> Iterator[FacetLabel]:
    for each in counts:
        field = filter_field(declared, each.code) if is_filter(each.code) else None
        if field is not None:
            yield FacetLabel(
                code=each.code,
                value=each.value,
                name=field.label.in_language(language),
                label=filter_label(field, each.value).in_language(language),
            )


def facets_of(
    counts: Sequence[FacetCount],
    labels: Sequence[FacetLabel],
    chosen: Mapping[str, frozenset[str]],
) -> tuple[Facet, ...]:
    """Group the counts by attribute code, and add labels; keeps the order of the counts."""
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
        Facet(code=code, name=titles.get(code, code), values=tuple(facet_values))
        for code, facet_values in values.items()
    )
