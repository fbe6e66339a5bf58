"""Moments and codes in the fields of forms. A moment without an offset is meant in China."""

import re
from datetime import datetime

from adapters.web.forms import SubmittedForm
from core.domain.calendar import CHINA_TIME
from core.domain.errors import Invalid

BETWEEN_CODES = re.compile(r"[\s,，]+")


def moment_in(text: str) -> datetime:
    """Raises `ValueError`."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA_TIME)


def moment_of(form: SubmittedForm, name: str) -> datetime | None:
    """None if the field is empty. Raises `Invalid`."""
    if not (text := form.text(name)):
        return None
    try:
        return moment_in(text)
    except ValueError:
        raise Invalid(name, "Enter a moment such as 2026-11-11T00:00.") from None


def local_text(moment: datetime | None) -> str:
    """As a browser wants it for ``datetime-local``; empty for None."""
    return moment.astimezone(CHINA_TIME).replace(tzinfo=None).isoformat() if moment else ""


def codes_in(text: str) -> tuple[str, ...]:
    return tuple(each for each in BETWEEN_CODES.split(text) if each)
