"""The language of a request, and translations.

Messages are English, in Jinja templates and in error classes. The gettext catalogues in
``locale/`` have their translations.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from litestar import Request

from adapters.web.formatting import moment, money, sentences
from core.domain.errors import DomainError, Invalid
from core.domain.money import Money
from core.domain.orders.refusals import OrderRefused
from core.domain.pricing.changes import OfferChange, OffersChanged
from core.domain.pricing.promotions.review.findings import Finding
from core.domain.pricing.reasons import Reason
from core.domain.text import LANGUAGES, Text
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


@cache
def shop_text(message: str) -> Text:
    """A message of the shop in every language, for pages that are described as data."""
    return Text({each: translator(each)(message) for each in LANGUAGES})


def error_message(error: DomainError | PortError, language: str) -> str:
    """The translated message of an error, with formatted amounts."""
    if isinstance(error, OrderRefused):
        return sentences(
            *(each.text.in_language(language) for each in error.reasons), language=language
        )
    details = error.details if isinstance(error, DomainError) else vars(error)
    message = _filled_in(error.template, details, language)
    changes = error.changes if isinstance(error, OffersChanged) else ()
    return sentences(*(change_text(each, language) for each in changes), message, language=language)


def change_text(change: OfferChange, language: str) -> str:
    """What changed in an offer, and why."""
    values = {"offer": change.label, "shown": change.shown, "now": change.now}
    changed = _filled_in(change.template, values, language)
    reason = [reason_text(change.reason, language)] if change.label and change.reason else []
    return sentences(changed, *reason, language=language)


def reason_text(reason: Reason, language: str) -> str:
    """`ports.pricing.ReasonText`."""
    return _filled_in(reason.template, reason.values, language)


def _filled_in(template: str, values: Mapping[str, object], language: str) -> str:
    translate = translator(language)
    shown = {name: _display(value, language, translate) for name, value in values.items()}
    return translate(template).format(**shown)


def finding_message(finding: Finding, language: str) -> str:
    """The translated sentence of a finding in the review of a promotion."""
    return error_message(Invalid(finding.part, finding.template, **finding.values), language)


def _display(value: object, language: str, translate: Callable[[str], str]) -> object:
    if isinstance(value, Money):
        return money(value, language)
    if isinstance(value, datetime):
        return moment(value, language)
    if isinstance(value, Text):
        return value.in_language(language)
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
