"""Rich text that a shop's page may carry."""

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
BLOCK = re.compile(r"(?is)<(script|style)\b.*?(</\1\s*>|\Z)")
ATTRIBUTES = {"a": ["href", "title"], "img": ["src", "alt", "width", "height"], "*": ["lang"]}


def sanitise(html: str) -> str:
    """Keep what formats a text; drop scripts, styles, handlers and strange addresses.

    >>> sanitise('<p onclick="x()">Fine<script>alert(1)</script></p>')
    '<p>Fine</p>'
    """
    clean: str = _cleaner().clean(_without_blocks(html))
    return clean.strip()


@cache
def _cleaner() -> Cleaner:
    return Cleaner(
        tags=TAGS, attributes=ATTRIBUTES, protocols=["http", "https", "mailto"], strip=True
    )


def _without_blocks(html: str) -> str:
    """Scripts and styles with their content, which the cleaner would keep as text."""
    return BLOCK.sub("", html)
