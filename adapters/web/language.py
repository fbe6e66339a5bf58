"""The language of a request, and translations.

Messages are English, in Jinja templates and in error classes. The gettext catalogues in
``locale/`` have their translations.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from litestar import Request

from adapters.web.formatting import money
from core.domain.errors import DomainError
from core.domain.money import Money
from core.domain.text import LANGUAGES
from ports.errors import PortError

LOCALE = Path(__file__).with_name("locale")
DEFAULT_LANGUAGE = LANGUAGES[0]
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
NATIVE_NAMES = {"zh": "中文", "en": "English"}
LANGUAGE_PREFIX_LENGTH = 3


def preferred_language(accepted: str) -> str:
    """The best language of an ``Accept-Language`` header; the shop's first one as default.

    >>> [preferred_language(each) for each in ("en-GB;q=0.7, zh-TW;q=0.9", "fr, en;q=0.5", "")]
    ['zh', 'en', 'zh']
    """
    matches: list[tuple[float, int, str]] = []
    for position, part in enumerate(accepted.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            matches.append((-_quality(weight), position, language))
    return min(matches)[2] if matches else DEFAULT_LANGUAGE


def language_of_path(path: str) -> str | None:
    """``en`` for ``/en`` and below.

    >>> language_of_path("/en/cart"), language_of_path("/english")
    ('en', None)
    """
    for language in LANGUAGES:
        if path == f"/{language}" or path.startswith(f"/{language}/"):
            return language
    return None


def language_of_request(request: Request[Any, Any, Any]) -> str:
    """The language in the path of a page."""
    return language_of_path(request.scope["path"]) or DEFAULT_LANGUAGE


@cache
def translator(language: str) -> Callable[[str], str]:
    """Translates from English; a message without a translation stays English."""
    catalogue = _catalogue(language)

    def translate(message: str) -> str:
        return catalogue.get(message, message)

    return translate


def error_message(error: DomainError | PortError, language: str) -> str:
    """The translated message of an error, with formatted amounts."""
    details = error.details if isinstance(error, DomainError) else vars(error)
    translate = translator(language)
    values = {name: _display(value, language, translate) for name, value in details.items()}
    return translate(error.template).format(**values)


def _display(value: object, language: str, translate: Callable[[str], str]) -> object:
    if isinstance(value, Money):
        return money(value, language)
    return translate(value) if isinstance(value, str) else value


def _catalogue(language: str) -> Mapping[str, str]:
    file = LOCALE / language / "LC_MESSAGES" / "messages.po"
    if not file.exists():
        return {}
    with file.open("rb") as stream:
        catalogue: Any = read_po(stream)
    return {message.id: message.string for message in catalogue if message.id and message.string}


def _quality(weight: str) -> float:
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
