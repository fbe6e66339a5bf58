"""Storefront pages of plugins."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from core.domain.identifiers import CustomerId
from core.domain.text import Text
from ports.content.fragments import Fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """A request for a page: the parameters of the path and of the query string.

    ``form`` has the fields of a submitted form, and is None for a visit. ``key`` is the one-time
    key of the form: a form that is sent twice has the same one. ``customer_id`` is None for a
    guest, and always on a page with ``shared_seconds``.
    """

    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str] | None
    key: str
    language: str
    currency: str
    customer_id: CustomerId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswer:
    """The content of a page; see `Fragment`. ``title`` replaces the title of the page.

    ``status`` is 200, 403, 404, 409, 410 or 422.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    title: Text | None = None


@dataclass(frozen=True, slots=True)
class PageRedirect:
    """Go to another page of the shop: its path without the language, such as ``/cart``."""

    path: str


AnswerPage: TypeAlias = Callable[[PageRequest], Awaitable[PageAnswer | PageRedirect]]
"""An async function that answers a request for a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page below ``/zh`` and ``/en``, inside the layout of the shop.

    ``path`` is such as ``/group-buys/{code}``. ``takes_forms``: the page also answers to a
    submitted form. ``members_only``: a guest is asked to sign in first. ``shared_seconds``: all
    visitors see the same page, and the shop may keep it for this long; 0: it asks for each visit.
    """

    path: str
    title: Text
    answer: AnswerPage
    takes_forms: bool = False
    members_only: bool = False
    shared_seconds: int = 0


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """The checked answer of a page. ``title`` is in the language of the request."""

    html: str
    title: str
    status: int


class AskPage(Protocol):
    """Asks the plugin of a page."""

    async def __call__(self, request: PageRequest) -> RenderedPage | PageRedirect:
        """Raises `Unavailable` if the plugin failed, or did not answer in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginPage:
    """A page of a plugin as the web app serves it."""

    plugin: str
    page: Page
    ask: AskPage


def page_fragment(answer: PageAnswer) -> Fragment:
    return Fragment(answer.template, answer.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedContent:
    """What the shop serves for one plugin. ``files`` is None without templates and static files.

    ``routes`` are handlers and routers of the web framework.
    """

    plugin: str
    files: Path | None
    pages: Sequence[Page]
    has_slots: bool
    routes: Sequence[Any]

    @property
    def is_empty(self) -> bool:
        return not (self.files or self.pages or self.has_slots or self.routes)
