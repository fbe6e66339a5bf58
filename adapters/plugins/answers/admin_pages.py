"""What an admin page says about itself, and the answers of its forms and details."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.plugins.answers.admin_fields import form_of, values_of
from adapters.plugins.answers.admin_lists import acts_of, called, cell_of, listing_of, path_of
from adapters.plugins.answers.checks import (
    WrongAnswer,
    exactly,
    mapping_of,
    names_of,
    text_of,
    tuple_of,
    words_of,
)
from ports.admin.forms import Form
from ports.admin.listings import Act, Listing
from ports.admin.pages import (
    KEY,
    AdminPage,
    DetailPage,
    Details,
    EditForm,
    Fact,
    FactSection,
    FormResult,
    FormState,
    MenuArea,
    MenuLink,
)

PART = r"[a-z0-9]+(?:-[a-z0-9]+)*"
PAGE_PATH = re.compile(rf"{PART}(?:/{PART}){{0,3}}(?:/\{{key\}})?")
MAX_PATH = 100
MAX_LISTS = 10
MAX_SECTIONS = 50
MAX_FACTS = 200
MAX_VERSION = 200
MAX_MESSAGE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminPageDescription:
    """``code`` is the path. ``permissions`` are those that the page and its acts need."""

    code: str
    permissions: frozenset[str]


def describe_admin_page(page: Any) -> AdminPageDescription:
    exactly(page, AdminPage, "the page")
    path = text_of(page.path, "the path", most=MAX_PATH)
    if not PAGE_PATH.fullmatch(path):
        raise WrongAnswer(
            f"the path “{path}” is not one to four parts such as “reviews” or “reviews/{{key}}”"
        )
    if page.menu is not None:
        _menu(page.menu, path)
    permission = text_of(page.permission, "the permission", least=1)
    acts = _content(page.content)
    return AdminPageDescription(
        code=path,
        permissions=frozenset({permission, *(each.permission for each in acts if each.permission)}),
    )


def _menu(value: Any, path: str) -> None:
    menu = exactly(value, MenuLink, "the entry in the menu")
    names_of(menu.label, "the entry in the menu")
    exactly(menu.area, MenuArea, "the area of the menu")
    if path.endswith(KEY):
        raise WrongAnswer(f"the page “{path}” is about one thing, and has no entry in the menu")


def _content(content: Any) -> tuple[Act, ...]:
    """Check the content. Returns its acts."""
    if type(content) is Listing:
        return listing_of(content).acts
    if type(content) is EditForm:
        form_of(content.form)
        called(content.load, "the load of a form")
        called(content.save, "the save of a form")
        return ()
    detail = exactly(content, DetailPage, "the content of a page")
    called(detail.load, "the load of a page")
    acts = list(acts_of(detail.acts, detail.act))
    listings = exactly(detail.listings, tuple, "the lists of a page")
    if len(listings) > MAX_LISTS:
        raise WrongAnswer(f"a page has {len(listings)} lists and may have {MAX_LISTS}")
    for each in listings:
        acts += listing_of(each).acts
    codes = {each.code for each in listings}
    if len(codes) < len(listings) or "" in codes:
        raise WrongAnswer("each list of a page needs a code of its own")
    return tuple(acts)


def form_state_of(value: Any, form: Form) -> FormState | None:
    if value is None:
        return None
    state = exactly(value, FormState, "the state of the form")
    values_of(form, state.values)
    text_of(state.version, "the version", most=MAX_VERSION)
    words_of(state.title, "the title", most=MAX_MESSAGE)
    return state


def form_result_of(value: Any, form: Form) -> FormResult:
    result = exactly(value, FormResult, "the result of the form")
    exactly(result.changed_meanwhile, bool, "the result of the form")
    names = {each.name for each in form.fields()}
    errors: Mapping[Any, Any] = mapping_of(result.errors, "the errors", most=len(names))
    for name, message in errors.items():
        if name not in names:
            raise WrongAnswer(f"an error is at the unknown field “{name}”")
        if not words_of(message, "an error", most=MAX_MESSAGE):
            raise WrongAnswer("an error says nothing")
    if result.link:
        path_of(result.link, "the link of the result")
    return result


def details_of(value: Any, acts: tuple[Act, ...]) -> Details | None:
    if value is None:
        return None
    details = exactly(value, Details, "the details")
    if not words_of(details.title, "the title", most=MAX_MESSAGE):
        raise WrongAnswer("the details have no title")
    for each in tuple_of(details.sections, "the sections", most=MAX_SECTIONS):
        section = exactly(each, FactSection, "a section")
        words_of(section.title, "the title of a section", most=MAX_MESSAGE)
        for fact in tuple_of(section.facts, "the facts", most=MAX_FACTS):
            names_of(exactly(fact, Fact, "a fact").label, "the label of a fact")
            cell_of(fact.value)
    known = {each.code for each in acts}
    if details.acts is not None and not set(exactly(details.acts, tuple, "the acts")) <= known:
        raise WrongAnswer("the details have an unknown act")
    return details
