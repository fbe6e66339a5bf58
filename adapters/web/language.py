"""The shop's languages on the web: which one, and its words.

Messages are written in English, in templates and in the errors' templates; ``locale/``
has their translations as gettext catalogues.
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
DEFAULT = LANGUAGES[0]
TAGS = {"zh": "zh-CN", "en": "en"}
NATIVE_NAMES = {"zh": "中文", "en": "English"}
PREFIX_LENGTH = 3


def preferred(accepted: str) -> str:
    """The language of an ``Accept-Language`` header that we speak, or our first.

    >>> preferred("en-GB;q=0.7, zh-TW;q=0.9"), preferred("fr, en;q=0.5"), preferred("")
    ('zh', 'en', 'zh')
    """
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            wanted.append((-_number(weight), place, language))
    return min(wanted)[2] if wanted else DEFAULT


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
    return language_of_path(request.scope["path"]) or DEFAULT


@cache
def translator(language: str) -> Callable[[str], str]:
    """From English to the language; what has no translation stays English."""
    catalogue = _catalogue(language)

    def translate(message: str) -> str:
        return catalogue.get(message, message)

    return translate


def say(error: DomainError | PortError, language: str) -> str:
    """An error's message for a person."""
    details = error.details if isinstance(error, DomainError) else vars(error)
    translate = translator(language)
    shown = {name: _shown(value, language, translate) for name, value in details.items()}
    return translate(error.template).format(**shown)


def _shown(value: object, language: str, translate: Callable[[str], str]) -> object:
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


def _number(weight: str) -> float:
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0
