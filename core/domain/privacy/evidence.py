"""Words that are kept as evidence, and so have to be about nobody."""

import re

from core.domain.errors import Invalid

LONGEST = 200
TELLING = re.compile(r"@|(?:\d[\s-]?){7,}")


def check_words(field: str, text: str) -> str:
    """The text, which stays when a person is erased. Raises `Invalid`.

    >>> check_words("reason", "case 12 of the court")
    'case 12 of the court'
    """
    if not text.strip():
        raise Invalid(field, "Fill this in.")
    if len(text) > LONGEST or TELLING.search(text):
        raise Invalid(
            field,
            "Write at most {most} characters, without addresses or telephone numbers: "
            "this is kept as evidence.",
            most=LONGEST,
        )
    return text
