"""What a plugin shows: a template of its own, and plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class RichText:
    """HTML, such as that of an editor. The shop keeps the tags that format text.

    It removes scripts, styles, event handlers and unsafe addresses.
    """

    html: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a page. The shop renders it; every value is escaped.

    ``template`` is a file in the folder ``templates`` of the plugin. ``values`` are strings,
    integers, booleans, None, `Money`, `Text`, `RichText`, dates, times with a time zone, and lists,
    tuples and dictionaries of these.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FragmentPlace:
    """Where a fragment is shown. ``in_form``: the page has a form around it."""

    plugin: str
    language: str
    in_form: bool = False


class RenderFragment(Protocol):
    """Renders the template of a plugin with checked values."""

    def __call__(self, fragment: Fragment, place: FragmentPlace) -> str:
        """The HTML. Its elements are closed, so that it changes nothing around it.

        Raises:
            Exception: as the template does; the HTML is too long or not complete.
        """
