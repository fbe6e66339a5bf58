"""The conformance kit of admin pages finds each fault; the shop refuses wrong descriptions."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from adapters.plugins.answers.admin_pages import describe_admin_page
from adapters.plugins.answers.checks import WrongAnswer
from entrepot import Text
from entrepot.admin import (
    Act,
    AdminPage,
    Choice,
    ChoiceField,
    Column,
    EditForm,
    FileField,
    Form,
    MenuLink,
    NumberField,
    Section,
    SortBy,
    TextField,
)
from entrepot.testing import AdminPagesSuite
from tests.plugins.broken_admin_pages import BROKEN_PAGES, KEYS, WorkingPages, both
from tests.plugins.inner_run import QUIET

KIT = """
import pytest

from entrepot.testing import AdminPagesSuite
from tests.plugins import broken_admin_pages


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"
"""
CASES = """

class {name}(AdminPagesSuite):
    seconds = 0.2

    @pytest.fixture
    def admin_pages(self):
        return broken_admin_pages.{name}().pages()

    @pytest.fixture
    def keys(self):
        return broken_admin_pages.KEYS
"""
LIST, DETAILS, SETTINGS = WorkingPages().pages()
LISTING = WorkingPages().listing()


class TestWorkingPages(AdminPagesSuite):
    @pytest.fixture
    def admin_pages(self) -> Sequence[AdminPage]:
        return WorkingPages().pages()

    @pytest.fixture
    def keys(self) -> dict[str, str]:
        return KEYS


def test_each_fault_of_admin_pages_is_found_by_the_case_for_it(pytester: pytest.Pytester) -> None:
    faults = {pages.__name__: case for pages, case in BROKEN_PAGES.items()}
    file = pytester.makepyfile(KIT + "".join(CASES.format(name=name) for name in faults))
    cases = [f"{file.name}::{name}::{case}" for name, case in faults.items()]
    classes = "python_classes=" + " ".join(faults)
    run = pytester.inline_run(*cases, "-o", classes, *QUIET)
    found = {report.nodeid.split("[")[0].split("::")[1] for report in run.listoutcomes()[2]}
    assert set(faults) - found == set()


def with_fields(*fields: Any) -> AdminPage:
    pages = WorkingPages()
    form = Form(sections=(Section(fields=fields),))
    content = EditForm(form=form, load=pages.form_state, save=pages.save)
    return replace(SETTINGS, content=content)


def with_list(**changes: Any) -> AdminPage:
    return replace(LIST, content=replace(LISTING, **changes))


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (replace(LIST, path="Notes"), "the path"),
        (replace(LIST, path="../orders"), "the path"),
        (replace(LIST, path="{key}"), "the path"),
        (replace(LIST, permission=""), "the permission"),
        (replace(DETAILS, menu=MenuLink(label=both("x"))), "no entry in the menu"),
        (replace(LIST, content="<b>"), "the content"),  # type: ignore[arg-type]
        (with_list(columns=()), "no column"),
        (with_list(columns=LISTING.columns * 2), "one name"),
        (with_list(columns=[*LISTING.columns]), "columns"),
        (with_list(columns=(Column(key="a b", label=both("x")),)), "the key of a column"),
        (with_list(sort=SortBy("none")), "unknown column"),
        (with_list(load=None), "no function"),
        (with_list(acts=(Act(code="go", label=both("Go")),)), "no function"),
        (with_list(title=Text({})), "title"),
        (with_fields(), "1 to 100 fields"),
        (with_fields(TextField(name="once", label=both("x"))), "reserved"),
        (with_fields(*[TextField(name="a", label=both("x"))] * 2), "two fields"),
        (with_fields(TextField(name="a", label=both("x"), most=0)), "1 to"),
        (with_fields(NumberField(name="a", label=both("x"), most="9")), "no number"),  # type: ignore[arg-type]
        (with_fields(FileField(name="a", label=both("x"), most_bytes=10**9)), "1 to"),
        (with_fields(FileField(name="a", label=both("x"), accept=("*",))), "ending"),
        (with_fields(ChoiceField(name="a", label=both("x"), choices=())), "choices"),
        (
            with_fields(
                ChoiceField(name="a", label=both("x"), choices=(Choice("b", both("x")),) * 2)
            ),
            "one value",
        ),
        (with_fields("<input>"), "none of entrepot.admin"),
    ],
)
def test_a_wrong_page_is_refused_with_its_reason(page: AdminPage, reason: str) -> None:
    for right in (LIST, DETAILS, SETTINGS):
        assert describe_admin_page(right).code == right.path
    with pytest.raises(WrongAnswer, match=reason):
        describe_admin_page(page)
