"""Contacts of a person in a text: any case, any width, phone numbers with gaps."""

import re
import unicodedata

from core.domain.privacy.records import Subject

COVER = "▇▇▇"
NATIONAL = 11


def pattern_of(subject: Subject) -> re.Pattern[str] | None:
    """What matches the person's contacts; None if there are none."""
    found = [_spelling(contact) for contact in sorted(subject.contacts)]
    return re.compile("|".join(found), re.IGNORECASE) if found else None


def redacted(text: str, pattern: re.Pattern[str]) -> str:
    """The text with every contact covered.

    >>> redacted("Ask ＭＥＩ@example.com", re.compile("mei@example", re.IGNORECASE))
    'Ask ▇▇▇.com'
    """
    narrow, origin = _narrow(text)
    parts, done = [], 0
    for match in pattern.finditer(narrow):
        parts += [text[done : origin[match.start()]], COVER]
        done = origin[match.end()]
    return "".join((*parts, text[done:]))


def _spelling(contact: str) -> str:
    if "@" in contact:
        return rf"(?<![\w.+-]){re.escape(contact)}(?![\w-])"
    digits = contact.removeprefix("+")
    national = digits[-NATIONAL:] if digits.startswith("86") else digits
    return r"(?<!\d)(?:\+?86)?" + r"[\s-]?".join(national) + r"(?!\d)"


def _narrow(text: str) -> tuple[str, list[int]]:
    """The text in its compatible form, and where each of its characters came from."""
    emails: list[str] = []
    origin: list[int] = []
    for index, email in enumerate(text):
        for each in unicodedata.normalize("NFKC", email):
            emails.append(each)
            origin.append(index)
    return "".join(emails), [*origin, len(text)]


def mentions(text: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(text, str) and pattern.search(_narrow(text)[0]) is not None
