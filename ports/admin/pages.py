"""Pages that a plugin adds to the back office, as data.

The shop renders them in its own layout: a plugin sends no HTML. Each page needs a permission,
which no role has until a manager gives it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType, TypeAlias

from core.domain.text import Text
from ports.admin.forms import NO_TEXT, Form
from ports.admin.listings import Act, CellValue, DoAct, Listing

KEY = "{key}"
"""The last part of the path of a page about one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormState:
    """What a form shows. ``values`` are by field, as `Form` says; ``version`` is of the thing."""

    values: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    title: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class FormResult:
    """``errors`` are by field; with any of them, nothing was saved.

    ``changed_meanwhile``: the thing is not at the version that was shown. The page shows what was
    written beside what was saved. ``link`` is the next page, as `Link.path`; empty for the same.
    """

    errors: Mapping[str, Text] = field(default_factory=dict)
    changed_meanwhile: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """``values`` are by field, without those that are read-only.

    ``key`` is that of the page, ``version`` the one that was shown. ``actor`` is an opaque name
    of a staff member.
    """

    key: str
    values: Mapping[str, Any]
    version: str
    actor: str


LoadForm: TypeAlias = Callable[[str], Awaitable[FormState | None]]
"""Gets the key of the page, empty for a page without one. None if there is no such thing."""
SaveForm: TypeAlias = Callable[[Submission], Awaitable[FormResult]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditForm:
    """A form with the functions that load what it shows, and save what was sent."""

    form: Form
    load: LoadForm
    save: SaveForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``value`` is one that a cell of a list can have."""

    label: Text
    value: CellValue


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSection:
    """Facts that belong together. Without a ``title`` they stand alone."""

    facts: tuple[Fact, ...]
    title: Text = NO_TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """One thing. ``acts`` are the codes of the acts that are possible now; None for all."""

    title: Text
    sections: tuple[FactSection, ...] = ()
    acts: tuple[str, ...] | None = None


LoadDetails: TypeAlias = Callable[[str], Awaitable[Details | None]]
"""Gets the key of the page. None if there is no such thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailPage:
    """``act`` gets the key of the page as the one row. Lists get it in `ListingQuery.key`."""

    load: LoadDetails
    listings: tuple[Listing, ...] = ()
    acts: tuple[Act, ...] = ()
    act: DoAct | None = None


class MenuArea(StrEnum):
    """The headings of the menu of the back office."""

    SALES = "sales"
    CATALOGUE = "catalogue"
    PRICES = "prices"
    COMPLIANCE = "compliance"
    ADMINISTRATION = "administration"
    PLUGINS = "plugins"


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuLink:
    """The entry of a page in the menu. Staff see it if they have the permission of the page."""

    label: Text
    area: MenuArea = MenuArea.PLUGINS


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminPage:
    """``path`` has parts of lower-case letters, digits and dashes, such as ``reviews``.

    A page about one thing ends with ``/{key}``, such as ``reviews/{key}``, and has no entry in
    the menu. The shop serves it as ``/admin/plugins/PLUGIN/reviews/KEY``; see `page_path`.
    ``permission`` is a code that the manifest declares.
    """

    path: str
    permission: str
    content: Listing | EditForm | DetailPage
    menu: MenuLink | None = None


AdminPages = NewType("AdminPages", Mapping[str, tuple[AdminPage, ...]])
"""The pages of plugins, by the names of the plugins."""


def page_path(plugin: str, path: str) -> str:
    """The path of a page of the plugin, for `Link.path`.

    >>> page_path("loyalty", "levels/gold")
    '/admin/plugins/loyalty/levels/gold'
    """
    return f"/admin/plugins/{plugin}/{path}"
