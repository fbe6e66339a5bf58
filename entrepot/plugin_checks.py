"""Checks of what a plugin serves. Only a process with a web server needs them."""

from collections.abc import Callable, Sequence
from typing import Any

from ports.content.pages import ServedContent

CheckRoutes = Callable[[Sequence[Any], Sequence[Any]], None]
"""Checks new routes against the accepted ones. Raises an exception with a message of one line."""

CheckContent = Callable[[ServedContent, Sequence[ServedContent]], None]
"""Checks pages, templates and static files, likewise."""


def accept_routes(_routes: Sequence[Any], _others: Sequence[Any]) -> None:
    """For processes without a web server: accepts all routes."""


def accept_content(_content: ServedContent, _others: Sequence[ServedContent]) -> None:
    """Accepts all content, likewise."""
