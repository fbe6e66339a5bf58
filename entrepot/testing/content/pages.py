"""The conformance kit for a storefront page."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest

from adapters.plugins.answers.content import describe_page
from adapters.plugins.limits import Purpose
from adapters.plugins.pages import GuardedPage
from adapters.web.plugin_content import PARAMETER, check_content
from core.domain.identifiers import CustomerId
from core.domain.text import LANGUAGES
from entrepot.testing.content.rendering import (
    ATTACK,
    KEY,
    NAME,
    AttackedTemplates,
    guarding,
    has_script,
    templates_of,
)
from ports.content.fragments import RenderFragment
from ports.content.pages import Page, PageRedirect, PageRequest, RenderedPage, ServedContent

FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)
POST = re.compile(r"<form\b[^>]*\bmethod=[\"']?post", re.IGNORECASE)
STRANGE = ("", "0", "no-such-thing", "九", "a" * 1_000, "\x00", "%", ATTACK)


@dataclass(frozen=True, slots=True)
class _Shop:
    """The page as the shop asks it, and as it asks it with scripts in all texts."""

    page: GuardedPage
    attacked: GuardedPage


class PagesSuite:
    """Override the fixtures ``page`` and ``files``, the folder with its ``templates``.

    Override ``path_values`` if the path has parameters: the page must exist with these. Override
    ``submitted`` if the page takes forms: valid fields of the form.
    """

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def page(self) -> Page:
        raise NotImplementedError("Override the fixture `page`.")

    @pytest.fixture
    def files(self) -> Path:
        raise NotImplementedError("Override the fixture `files`.")

    @pytest.fixture
    def path_values(self) -> dict[str, str]:
        return {}

    @pytest.fixture
    def submitted(self) -> dict[str, str]:
        return {}

    @pytest.fixture
    def page_request(self, page: Page, path_values: dict[str, str]) -> PageRequest:
        customer = None if page.shared_seconds else CustomerId(UUID(int=7))
        return PageRequest(
            path=path_values,
            query={},
            form=None,
            key="",
            language="zh",
            currency="CNY",
            customer_id=customer,
        )

    @pytest.fixture
    async def guarded(self, page: Page, files: Path) -> AsyncIterator[_Shop]:
        templates = templates_of(files)
        with guarding(Purpose.PAGES) as guard:

            def asked(render: RenderFragment) -> GuardedPage:
                return GuardedPage(plugin=NAME, page=page, guard=guard, render=render)

            yield _Shop(asked(templates), asked(AttackedTemplates(templates)))

    async def test_its_path_templates_and_files_are_accepted(self, page: Page, files: Path) -> None:
        assert describe_page(page) == describe_page(page)
        check_content(
            ServedContent(plugin=NAME, files=files, pages=(page,), has_slots=False, routes=()),
            (),
        )

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_it_answers_in_each_language(
        self, guarded: _Shop, page_request: PageRequest, language: str
    ) -> None:
        answer = await guarded.page(replace(page_request, language=language))
        assert isinstance(answer, RenderedPage)
        assert (answer.status, bool(answer.html), bool(answer.title)) == (200, True, True)

    async def test_a_guest_is_answered(
        self, guarded: _Shop, page: Page, page_request: PageRequest
    ) -> None:
        if not page.members_only:
            await guarded.page(replace(page_request, customer_id=None))

    async def test_texts_are_escaped(self, guarded: _Shop, page_request: PageRequest) -> None:
        answer = await guarded.attacked(page_request)
        assert isinstance(answer, RenderedPage)
        assert not has_script(answer.html)

    @pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
    async def test_any_text_in_the_address_is_answered(
        self, guarded: _Shop, page: Page, page_request: PageRequest, text: str
    ) -> None:
        names = PARAMETER.findall(page.path)
        asked = replace(
            page_request, path=dict.fromkeys(names, text), query={"q": text, "page": text}
        )
        answer = await guarded.page(asked)
        assert not has_script(answer.html if isinstance(answer, RenderedPage) else "")

    async def test_each_form_has_a_one_time_key(
        self, guarded: _Shop, page_request: PageRequest
    ) -> None:
        answer = await guarded.page(page_request)
        assert isinstance(answer, RenderedPage)
        forms = [form for form in FORM.findall(answer.html) if POST.match(form)]
        assert [form for form in forms if 'name="once"' not in form] == []

    async def test_a_form_that_is_sent_twice_has_one_answer(
        self, guarded: _Shop, page: Page, page_request: PageRequest, submitted: dict[str, str]
    ) -> None:
        if not page.takes_forms:
            return
        request = replace(page_request, form=submitted, key=KEY)
        first = await guarded.page(request)
        assert isinstance(first, PageRedirect) or first.status == 200
        assert await guarded.page(request) == first

    async def test_an_empty_or_strange_form_is_answered(
        self, guarded: _Shop, page: Page, page_request: PageRequest, submitted: dict[str, str]
    ) -> None:
        if not page.takes_forms:
            return
        forms: Sequence[dict[str, str]] = [
            {},
            *(dict.fromkeys(submitted, text) for text in STRANGE),
        ]
        for number, form in enumerate(forms):
            answer = await guarded.page(replace(page_request, form=form, key=f"{KEY}{number}"))
            assert not has_script(answer.html if isinstance(answer, RenderedPage) else "")
