"""Admin pages with one fault each, and the case of the conformance kit that finds it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from entrepot import Text
from entrepot.admin import (
    AdminPage,
    Column,
    DetailPage,
    Details,
    EditForm,
    Fact,
    FactSection,
    Form,
    FormResult,
    FormState,
    Listing,
    ListingPage,
    ListingQuery,
    MenuLink,
    Row,
    SearchFilter,
    Section,
    SortBy,
    Submission,
    TextField,
)

KEYS = {"notes/{key}": "n1"}


def both(text: str) -> Text:
    return Text({"zh": text, "en": text})


class WorkingPages:
    """A list of ten notes, a page about each, and a form."""

    notes = tuple(f"n{number}" for number in range(10))

    async def load(self, query: ListingQuery) -> Any:
        words = str(query.filters.get("q", ""))
        found = sorted(
            (each for each in self.notes if words in each),
            reverse=query.sort is not None and query.sort.descending,
        )
        begin = int(query.cursor) if query.cursor.isdecimal() else 0
        end = begin + query.limit
        return ListingPage(
            rows=tuple(Row(key=each, cells={"text": each}) for each in found[begin:end]),
            next=str(end) if end < len(found) else "",
            previous=str(max(begin - query.limit, 0)) if begin else "",
        )

    async def details(self, key: str) -> Any:
        if key not in self.notes:
            return None
        fact = Fact(label=both("Text"), value=key)
        return Details(title=both(key), sections=(FactSection(facts=(fact,)),))

    async def form_state(self, _key: str) -> Any:
        return FormState(values={"title": "Notes"})

    async def save(self, _submission: Submission) -> FormResult:
        return FormResult()

    def listing(self) -> Listing:
        return Listing(
            title=both("Notes"),
            columns=(Column(key="text", label=both("Text"), sortable=True),),
            filters=(SearchFilter(label=both("Words")),),
            sort=SortBy("text"),
            load=self.load,
        )

    def pages(self) -> Sequence[AdminPage]:
        field = TextField(name="title", label=both("Title"))
        form = EditForm(
            form=Form(sections=(Section(fields=(field,)),)), load=self.form_state, save=self.save
        )
        return [
            AdminPage(
                path="notes",
                permission="box.read",
                menu=MenuLink(label=both("Notes")),
                content=self.listing(),
            ),
            AdminPage(
                path="notes/{key}", permission="box.read", content=DetailPage(load=self.details)
            ),
            AdminPage(path="settings", permission="box.read", content=form),
        ]


class TwoPagesOfOnePath(WorkingPages):
    def pages(self) -> Sequence[AdminPage]:
        return [*super().pages(), super().pages()[0]]


class SpeaksOneLanguage(WorkingPages):
    def listing(self) -> Listing:
        return replace(super().listing(), title=Text({"en": "Notes"}))


class Raises(WorkingPages):
    async def load(self, query: ListingQuery) -> Any:
        raise ValueError(query)


class Hangs(WorkingPages):
    async def load(self, query: ListingQuery) -> Any:
        await asyncio.sleep(60)
        return await super().load(query)


class HasWrongCells(WorkingPages):
    async def load(self, query: ListingQuery) -> Any:
        page = await super().load(query)
        return replace(page, rows=tuple(replace(row, cells={"text": 1}) for row in page.rows))


class HasTooManyRows(WorkingPages):
    async def load(self, query: ListingQuery) -> Any:
        return await super().load(replace(query, limit=query.limit + 1))


class GoesRound(WorkingPages):
    async def load(self, query: ListingQuery) -> Any:
        page = await super().load(query)
        return replace(page, next=page.next or "0")


class RepeatsRows(WorkingPages):
    async def load(self, query: ListingQuery) -> Any:
        begin = int(query.cursor) if query.cursor.isdecimal() else 0
        return await super().load(replace(query, cursor=str(max(begin - 1, 0))))


class GoesBackTooFar(WorkingPages):
    notes = tuple(f"n{number}" for number in range(100, 120))

    async def load(self, query: ListingQuery) -> Any:
        page = await super().load(query)
        return replace(page, previous="6" if page.previous is not None else None)


class SortsNothing(WorkingPages):
    async def load(self, query: ListingQuery) -> Any:
        return await super().load(replace(query, sort=SortBy("text")))


class FindsEverything(WorkingPages):
    async def load(self, query: ListingQuery) -> Any:
        return await super().load(replace(query, filters={}))


class FailsOnCursors(WorkingPages):
    async def load(self, query: ListingQuery) -> Any:
        int(query.cursor or 0)
        return await super().load(query)


class ShowsUnknownFields(WorkingPages):
    async def form_state(self, _key: str) -> Any:
        return FormState(values={"other": "x"})


class KnowsEveryThing(WorkingPages):
    async def details(self, key: str) -> Any:
        return await super().details(key) or await super().details("n1")


class ForgetsTitles(WorkingPages):
    async def details(self, key: str) -> Any:
        details = await super().details(key)
        return details and replace(details, title=Text({}))


BROKEN_PAGES: dict[type[WorkingPages], str] = {
    TwoPagesOfOnePath: "test_pages_are_described_and_have_paths_of_their_own",
    SpeaksOneLanguage: "test_staff_read_the_menu_in_both_languages",
    Raises: "test_every_list_has_rows_of_the_right_types",
    Hangs: "test_every_list_has_rows_of_the_right_types",
    HasWrongCells: "test_every_list_has_rows_of_the_right_types",
    HasTooManyRows: "test_cursors_lead_to_each_row_once",
    GoesRound: "test_cursors_lead_to_each_row_once",
    RepeatsRows: "test_cursors_lead_to_each_row_once",
    GoesBackTooFar: "test_the_previous_page_is_the_one_before",
    SortsNothing: "test_a_sortable_column_turns_the_order_round",
    FindsEverything: "test_a_search_without_results_has_no_rows",
    FailsOnCursors: "test_a_strange_cursor_is_rejected_or_ignored",
    ShowsUnknownFields: "test_a_form_shows_values_of_its_fields",
    KnowsEveryThing: "test_a_page_about_one_thing_finds_it_and_nothing_else",
    ForgetsTitles: "test_a_page_about_one_thing_finds_it_and_nothing_else",
}
