"""Free-text redaction: find and cover the contacts of a person.

Matches any case, full-width characters, and phone numbers with gaps.
"""

import re
import unicodedata

from core.domain.privacy.records import Subject

MASK = "▇▇▇"
NATIONAL_DIGITS = 11


def pattern_of(subject: Subject) -> re.Pattern[str] | None:
    """A pattern that matches all contacts of the person; None if there are none."""
    patterns = [_contact_pattern(contact) for contact in sorted(subject.contacts)]
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else None


def redacted(text: str, pattern: re.Pattern[str]) -> str:
    """The text with a mask in place of every contact.

    >>> redacted("Ask ＭＥＩ@example.com", re.compile("mei@example", re.IGNORECASE))
    'Ask ▇▇▇.com'
    """
    normal, origin = _normalised(text)
    parts, done = [], 0
    for match in pattern.finditer(normal):
        parts += [text[done : origin[match.start()]], MASK]
        done = origin[match.end()]
    return "".join((*parts, text[done:]))


def _contact_pattern(contact: str) -> str:
    if "@" in contact:
        return rf"(?<![\w.+-]){re.escape(contact)}(?![\w-])"
    digits = contact.removeprefix("+")
    national = digits[-NATIONAL_DIGITS:] if digits.startswith("86") else digits
    return r"(?<!\d)(?:\+?86)?" + r"[\s-]?".join(national) + r"(?!\d)"


def _normalised(text: str) -> tuple[str, list[int]]:
    """The text in normal form NFKC, with the index in ``text`` of each of its characters."""
    characters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        for each in unicodedata.normalize("NFKC", character):
            characters.append(each)
            origin.append(index)
    return "".join(characters), [*origin, len(text)]


def contains_contact(text: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(text, str) and pattern.search(_normalised(text)[0]) is not None
