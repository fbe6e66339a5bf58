"""Looking around in the shop: lists, products, and what goes with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.application.consents import ShowConsents
from core.domain.errors import NotFound
from core.domain.identifiers import CustomerId, ProductId
from core.domain.privacy.consent import PERSONALISATION
from ports.errors import PortError
from ports.recommendation import Recommender
from ports.search import FacetCount, SearchIndex, SearchQuery
from ports.storage.ledgers import OrderLedger
from ports.storage.shelf import FacetLabel, ProductCard, ProductView, Shelf

OVERFETCH = 2
MOST_REMEMBERED = 100


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
    shelf: Shelf

    async def __call__(self, query: SearchQuery, language: str) -> Listing:
        found = await self.search.search(query)
        labels = await self.shelf.facet_labels(language) if found.facets else ()
        return Listing(
            products=await self.shelf.cards(found.product_ids, language),
            total=found.total,
            facets=facets_of(found.facets, labels, query.attributes),
            cursor=found.cursor,
            corrected=found.corrected,
        )


@dataclass(frozen=True, slots=True)
class SuggestProducts:
    """What else somebody may like: also bought, then best sellers, then the newest.

    A recommender that fails costs its suggestions and nothing else.
    """

    recommender: Recommender
    shelf: Shelf

    async def __call__(
        self, products: Sequence[ProductId], language: str, limit: int = 6
    ) -> tuple[ProductCard, ...]:
        wanted = limit * OVERFETCH
        found: list[ProductId] = []
        try:
            if products:
                found += [
                    each.product_id for each in await self.recommender.also_bought(products, wanted)
                ]
            if len(found) < wanted:
                found += [each.product_id for each in await self.recommender.trending(wanted)]
        except PortError:
            found = []
        if len(found) < limit:
            found += await self.shelf.newest(wanted)
        ids = [each for each in dict.fromkeys(found) if each not in products][:wanted]
        cards = await self.shelf.cards(ids, language)
        return tuple(card for card in cards if card.in_stock)[:limit]


@dataclass(frozen=True, slots=True)
class SuggestToMember:
    """What a member may like by what they bought, if they agreed to that; else nothing."""

    suggest: SuggestProducts
    consents: ShowConsents
    orders: OrderLedger

    async def __call__(
        self, customer_id: CustomerId, language: str, limit: int = 6
    ) -> tuple[ProductCard, ...]:
        if not await self.consents.given(customer_id, PERSONALISATION):
            return ()
        history = await self.orders.bought(customer_id, MOST_REMEMBERED)
        return await self.suggest(history, language, limit) if history else ()


@dataclass(frozen=True, slots=True)
class ShowProduct:
    """A published product, by the handle in its address."""

    shelf: Shelf

    async def __call__(self, handle: str, language: str) -> ProductView:
        product = await self.shelf.product(handle, language)
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
