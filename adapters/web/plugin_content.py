"""Checks the pages and files of a plugin before they are served."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError

from adapters.web.content.static_files import FileRefused
from adapters.web.content.templates import check_templates
from adapters.web.plugin_routes import route_paths, shop_paths
from core.domain.text import LANGUAGES
from ports.content.pages import ServedContent

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
PARAMETER = re.compile(r"\{([a-z_]+)\}")


class ContentRefused(Exception):
    """The content of a plugin cannot be served. The message is one line."""


def check_content(content: ServedContent, others: Sequence[ServedContent]) -> None:
    """Check the templates, the static files and the paths of a plugin.

    Raises:
        ContentRefused: a template cannot be compiled, a file has another type, or a path is taken.
    """
    if content.files is not None:
        _check_files(content.plugin, content.files)
    elif content.pages or content.has_slots:
        raise ContentRefused("has no `files` in its manifest: set `files=Path(__file__).parent`")
    _check_paths(content, others)


def _check_files(plugin: str, files: Path) -> None:
    if not CODE.fullmatch(plugin):
        raise ContentRefused("its name has characters that no address can have")
    try:
        check_templates(plugin, files)
    except FileRefused as error:
        raise ContentRefused(str(error)) from error
    except TemplateSyntaxError as error:
        place = f"{error.name}, line {error.lineno}"
        raise ContentRefused(f"its template {place}: {error.message}") from error
    except (UnicodeDecodeError, OSError) as error:
        raise ContentRefused(f"its templates cannot be read: {error}") from error


def _check_paths(content: ServedContent, others: Sequence[ServedContent]) -> None:
    first_parts = {_parts(path)[1] for path in shop_paths() if _is_page(path)}
    pages = [page.path for other in others for page in other.pages]
    for route in _below_language(content.routes):
        if any(_overlaps(route, page) for page in pages):
            raise ContentRefused(f"its route {route} is the page of another plugin")
    taken = [*pages, *_below_language(each for other in others for each in other.routes)]
    taken += _below_language(content.routes)
    for page in content.pages:
        names = PARAMETER.findall(page.path)
        if len(set(names)) < len(names):
            raise ContentRefused(f"its page {page.path} has two parameters of one name")
        is_taken = any(_overlaps(page.path, other) for other in taken)
        if is_taken or _parts(page.path)[0] in first_parts:
            raise ContentRefused(f"its page {page.path} is taken")
        taken.append(page.path)


def _below_language(routes: Iterable[Any]) -> list[str]:
    """The paths of routes below a language, without it."""
    return ["/" + "/".join(_parts(each)[1:]) for each in route_paths(routes) if _is_page(each)]


def _overlaps(path: str, other: str) -> bool:
    """Whether an address can be of both paths."""
    parts, others = _parts(path), _parts(other)
    return len(parts) == len(others) and all(
        part == another or "{" in part + another
        for part, another in zip(parts, others, strict=True)
    )


def _is_page(path: str) -> bool:
    """Whether the path is below that of a language."""
    return _parts(path)[0] in LANGUAGES and len(_parts(path)) > 1


def _parts(path: str) -> Sequence[str]:
    return path.strip("/").split("/")
