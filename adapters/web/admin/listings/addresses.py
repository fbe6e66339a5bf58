"""The filters, the order and the cursor of a list in the address of its page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from ports.admin.listings import (
    ChoiceFilter,
    DateRange,
    DateRangeFilter,
    Filter,
    FilterValue,
    Listing,
    ListingQuery,
    SearchFilter,
    SortBy,
)

MAX_WORDS = 300
MAX_CURSOR = 2_000
SINCE, UNTIL = "-since", "-until"
EXPORT = "export"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingAddress:
    """``parameters`` are those of the address. Unknown values are ignored."""

    listing: Listing
    path: str
    parameters: Mapping[str, Any]
    language: str
    key: str = ""

    def query(self) -> ListingQuery:
        filters = {each.name: self._value(each) for each in self.listing.filters}
        return ListingQuery(
            filters={name: value for name, value in filters.items() if value is not None},
            sort=self._sort(),
            cursor=self._text("cursor", MAX_CURSOR),
            key=self.key,
            language=self.language,
        )

    def written(self, name: str) -> str:
        """What stands in an input of a filter."""
        return self._text(name, MAX_WORDS)

    def parameter(self, name: str) -> str:
        """The name in the address: lists of one page have their own."""
        return f"{self.listing.code}-{name}" if self.listing.code else name

    def others(self) -> Iterator[tuple[str, str]]:
        """The parameters that are no filter of this list: a filter form keeps them."""
        own = {self.parameter(each) for each in (*self._names(), "cursor", EXPORT)}
        for name, value in self.parameters.items():
            if name not in own and name != "done":
                yield name, str(value)

    def link(self, **changes: str) -> str:
        """This address with other values of ``cursor``, ``sort`` or ``export``."""
        named = {self.parameter(name): value for name, value in changes.items()}
        dropped = {self.parameter(EXPORT), self.parameter("cursor"), "done"}
        kept = {name: str(each) for name, each in self.parameters.items() if name not in dropped}
        written = {name: value for name, value in {**kept, **named}.items() if value}
        anchor = f"#{self.listing.code}" if self.listing.code else ""
        return f"{self.path}?{urlencode(written)}{anchor}"

    def sort_link(self, key: str) -> str:
        """A second click turns the order round."""
        current = self._sort()
        descending = current is not None and current.key == key and not current.descending
        return self.link(sort=f"-{key}" if descending else key)

    def wants_export(self) -> bool:
        return self.listing.export and self._text(EXPORT, 3) == "csv"

    def _value(self, each: Filter) -> FilterValue | None:
        if isinstance(each, DateRangeFilter):
            days = DateRange(self._day(each.name + SINCE), self._day(each.name + UNTIL))
            return days if days != DateRange() else None
        text = self._text(each.name, MAX_WORDS)
        if isinstance(each, SearchFilter):
            return text or None
        if isinstance(each, ChoiceFilter):
            return text if text in {choice.value for choice in each.choices} else None
        return {"1": True, "0": False}.get(text)

    def _sort(self) -> SortBy | None:
        text = self._text("sort", MAX_WORDS)
        key = text.removeprefix("-")
        if any(column.key == key and column.sortable for column in self.listing.columns):
            return SortBy(key, descending=text.startswith("-"))
        return self.listing.sort

    def _names(self) -> Iterator[str]:
        for each in self.listing.filters:
            if isinstance(each, DateRangeFilter):
                yield from (each.name + SINCE, each.name + UNTIL)
            else:
                yield each.name

    def _day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self._text(name, MAX_WORDS))
        except ValueError:
            return None

    def _text(self, name: str, most: int) -> str:
        return str(self.parameters.get(self.parameter(name), "")).strip()[:most]
