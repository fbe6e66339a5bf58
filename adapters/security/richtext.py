"""Sanitises the HTML of product descriptions and content pages."""

import re
from functools import cache

from bleach.sanitizer import Cleaner

TAGS = frozenset(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "em",
        "h2",
        "h3",
        "h4",
        "hr",
        "i",
        "img",
        "li",
        "ol",
        "p",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
    ]
)
SCRIPT_OR_STYLE = re.compile(r"(?is)<(script|style)\b.*?(</\1\s*>|\Z)")
ATTRIBUTES = {"a": ["href", "title"], "img": ["src", "alt", "width", "height"], "*": ["lang"]}


def sanitise(html: str) -> str:
    """Keep tags that format text; remove scripts, styles, event handlers and unsafe addresses.

    >>> sanitise('<p onclick="x()">Fine<script>alert(1)</script></p>')
    '<p>Fine</p>'
    """
    clean: str = _cleaner().clean(_without_scripts(html))
    return clean.strip()


@cache
def _cleaner() -> Cleaner:
    return Cleaner(
        tags=TAGS, attributes=ATTRIBUTES, protocols=["http", "https", "mailto"], strip=True
    )


def _without_scripts(html: str) -> str:
    # The cleaner removes only the tags, and would keep their content as text.
    return SCRIPT_OR_STYLE.sub("", html)
