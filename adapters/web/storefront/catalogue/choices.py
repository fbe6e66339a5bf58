"""The filters of a product list, from and to the query string of its URL."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from adapters.web.api.catalogue import attributes_of
from adapters.web.storefront.context import StorefrontContext
from core.domain.errors import Invalid
from core.domain.money import Money
from ports.search import SearchQuery, Sort

PAGE_SIZE = 24
MAX_WORDS_LENGTH = 200
MAX_FILTERS = 20


@dataclass(frozen=True, slots=True)
class Choices:
    """Search words, filters and sort order of a list, as in the query string of its URL."""

    words: str
    filters: tuple[str, ...]
    price_min: str
    price_max: str
    in_stock: bool
    sort: Sort
    cursor: str

    @staticmethod
    def of(context: StorefrontContext) -> "Choices":
        query = context.request.query_params
        try:
            sort = Sort(query.get("sort", Sort.RELEVANCE))
        except ValueError:
            sort = Sort.RELEVANCE
        return Choices(
            words=query.get("q", "").strip(),
            filters=tuple(query.getall("filter", [])),
            price_min=query.get("price_min", "").strip(),
            price_max=query.get("price_max", "").strip(),
            in_stock=query.get("in_stock") == "1",
            sort=sort,
            cursor=query.get("cursor", ""),
        )

    def query(self, currency: str) -> SearchQuery:
        """Raises `Invalid` if a price is not an amount, or the search is too long."""
        if len(self.words) > MAX_WORDS_LENGTH:
            raise Invalid("q", "Use at most {most} characters.", most=MAX_WORDS_LENGTH)
        if len(self.filters) > MAX_FILTERS:
            raise Invalid("filter", "Use at most {most} filters.", most=MAX_FILTERS)
        prices = [_minor(self.price_min, currency), _minor(self.price_max, currency)]
        if None not in prices:
            prices.sort()
        return SearchQuery(
            words=self.words,
            attributes=attributes_of(list(self.filters)),
            lowest=prices[0],
            highest=prices[1],
            in_stock=self.in_stock,
            sort=self.sort,
            limit=PAGE_SIZE,
            cursor=self.cursor,
        )

    def query_string(self, **changes: Any) -> str:
        """The query string with ``changes``; the first page if they have no cursor."""
        filters = changes.get("filters", self.filters)
        sort = changes.get("sort", self.sort)
        pairs = [
            ("q", self.words),
            *(("filter", each) for each in filters),
            ("price_min", self.price_min),
            ("price_max", self.price_max),
            ("in_stock", "1" if self.in_stock else ""),
            ("sort", "" if sort is Sort.RELEVANCE else sort),
            ("cursor", changes.get("cursor", "")),
        ]
        return "&".join(f"{name}={quote_plus(value)}" for name, value in pairs if value)

    def toggled_filter(self, code_and_value: str) -> str:
        """The query string with the filter added, or removed if it is active."""
        without = tuple(each for each in self.filters if each != code_and_value)
        return self.query_string(
            filters=without if len(without) < len(self.filters) else (*self.filters, code_and_value)
        )


def _minor(text: str, currency: str) -> int | None:
    return Money.parse(text, currency).minor if text else None
