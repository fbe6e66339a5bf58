"""The conformance kit for pages of the back office."""

import asyncio
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import pytest

from adapters.plugins.admin_pages import PAGE_SECONDS
from adapters.plugins.answers.admin_lists import page_of
from adapters.plugins.answers.admin_pages import describe_admin_page, details_of, form_state_of
from core.domain.text import LANGUAGES, Text
from ports.admin.listings import Listing, ListingPage, ListingQuery, SearchFilter, SortBy
from ports.admin.pages import KEY, AdminPage, DetailPage, EditForm
from ports.errors import Rejected

T = TypeVar("T")

MOST_PAGES = 200
NOWHERE = "no-such-thing-in-any-shop"


class AdminPagesSuite:
    """Override the fixture ``admin_pages``, and ``keys`` if a page is about one thing.

    ``keys`` has a key that exists for the path of each such page. The lists should have some
    rows. Answers are checked as the shop checks them: what fails here is not shown there.
    """

    pytestmark = pytest.mark.anyio
    seconds = PAGE_SECONDS

    @pytest.fixture
    def admin_pages(self) -> Sequence[AdminPage]:
        raise NotImplementedError("Override the fixture `admin_pages`.")

    @pytest.fixture
    def keys(self) -> dict[str, str]:
        return {}

    def test_pages_are_described_and_have_paths_of_their_own(
        self, admin_pages: Sequence[AdminPage]
    ) -> None:
        paths = [describe_admin_page(page).code for page in admin_pages]
        assert paths
        assert len(set(paths)) == len(paths)

    def test_staff_read_the_menu_in_both_languages(self, admin_pages: Sequence[AdminPage]) -> None:
        labels = [page.menu.label for page in admin_pages if page.menu]
        labels += [listing.title for listing, _ in listings_of(admin_pages, {})]
        assert [label for label in labels if not _is_complete(label)] == []

    async def test_every_list_has_rows_of_the_right_types(
        self, admin_pages: Sequence[AdminPage], keys: dict[str, str]
    ) -> None:
        for listing, key in listings_of(admin_pages, keys):
            for language in LANGUAGES:
                query = ListingQuery(sort=listing.sort, key=key, language=language)
                await self._page(listing, query)

    async def test_cursors_lead_to_each_row_once(
        self, admin_pages: Sequence[AdminPage], keys: dict[str, str]
    ) -> None:
        for listing, key in listings_of(admin_pages, keys):
            whole = await self._rows(listing, ListingQuery(sort=listing.sort, key=key, limit=50))
            in_twos = await self._rows(listing, ListingQuery(sort=listing.sort, key=key, limit=2))
            assert len(set(in_twos)) == len(in_twos)
            assert in_twos == whole[: len(in_twos)]

    async def test_the_previous_page_is_the_one_before(
        self, admin_pages: Sequence[AdminPage], keys: dict[str, str]
    ) -> None:
        for listing, key in listings_of(admin_pages, keys):
            query = ListingQuery(sort=listing.sort, key=key, limit=2)
            first = await self._page(listing, query)
            if first.next:
                second = await self._page(listing, replace(query, cursor=first.next))
                if second.previous is not None:
                    back = await self._page(listing, replace(query, cursor=second.previous))
                    assert _keys(back) == _keys(first)

    async def test_a_sortable_column_turns_the_order_round(
        self, admin_pages: Sequence[AdminPage], keys: dict[str, str]
    ) -> None:
        for listing, key in listings_of(admin_pages, keys):
            for column in listing.columns:
                if column.sortable:
                    up = ListingQuery(sort=SortBy(column.key), key=key)
                    down = replace(up, sort=SortBy(column.key, descending=True))
                    there, back = await self._rows(listing, up), await self._rows(listing, down)
                    assert set(there) == set(back)
                    assert len(there) <= 1 or there != back, f"{column.key} sorts nothing"

    async def test_a_search_without_results_has_no_rows(
        self, admin_pages: Sequence[AdminPage], keys: dict[str, str]
    ) -> None:
        for listing, key in listings_of(admin_pages, keys):
            for each in listing.filters:
                if isinstance(each, SearchFilter):
                    query = ListingQuery(sort=listing.sort, key=key, filters={each.name: NOWHERE})
                    assert not (await self._page(listing, query)).rows

    async def test_a_strange_cursor_is_rejected_or_ignored(
        self, admin_pages: Sequence[AdminPage], keys: dict[str, str]
    ) -> None:
        for listing, key in listings_of(admin_pages, keys):
            query = ListingQuery(sort=listing.sort, key=key, cursor="“;--")
            try:
                await self._page(listing, query)
            except Rejected:
                continue

    async def test_a_form_shows_values_of_its_fields(
        self, admin_pages: Sequence[AdminPage], keys: dict[str, str]
    ) -> None:
        for page in admin_pages:
            if isinstance(page.content, EditForm):
                answer = await self._in_time(page.content.load(keys.get(page.path, "")))
                assert form_state_of(answer, page.content.form) is not None

    async def test_a_page_about_one_thing_finds_it_and_nothing_else(
        self, admin_pages: Sequence[AdminPage], keys: dict[str, str]
    ) -> None:
        for page in admin_pages:
            if page.path.endswith(KEY):
                assert page.path in keys, f"the fixture `keys` needs a key for “{page.path}”"
                if isinstance(page.content, DetailPage):
                    known = await self._in_time(page.content.load(keys[page.path]))
                    assert details_of(known, page.content.acts) is not None
                if isinstance(page.content, DetailPage | EditForm):
                    assert await self._in_time(page.content.load(NOWHERE)) is None

    async def _page(self, listing: Listing, query: ListingQuery) -> ListingPage:
        return page_of(await self._in_time(listing.load(query)), listing, query)

    async def _rows(self, listing: Listing, query: ListingQuery) -> list[str]:
        """The keys of the rows of at most 200 pages, without end if the cursors have none."""
        found: list[str] = []
        seen = {query.cursor}
        for _ in range(MOST_PAGES):
            page = await self._page(listing, query)
            found += _keys(page)
            if not page.next:
                break
            assert page.next not in seen, "a cursor leads back: the list does not end"
            seen.add(page.next)
            query = replace(query, cursor=page.next)
        return found

    async def _in_time(self, work: Awaitable[T]) -> T:
        async with asyncio.timeout(self.seconds):
            return await work


def listings_of(
    admin_pages: Sequence[AdminPage], keys: dict[str, str]
) -> Iterator[tuple[Listing, str]]:
    """Each list, with the key of the page that it stands on."""
    for page in admin_pages:
        if isinstance(page.content, Listing):
            yield page.content, ""
        elif isinstance(page.content, DetailPage):
            for listing in page.content.listings:
                yield listing, keys.get(page.path, "")


def _keys(page: ListingPage) -> list[str]:
    return [row.key for row in page.rows]


def _is_complete(text: Text) -> bool:
    return all(text.by_language.get(language) for language in LANGUAGES)
