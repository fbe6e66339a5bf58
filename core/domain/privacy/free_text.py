"""Free text that must not contain personal data, such as the reason of a refusal."""

import re
import unicodedata

from core.domain.errors import Invalid

LONGEST = 200


GAP = r"[\s.\-()]*"


TELLING = re.compile(
    rf"@|\+{GAP}\d(?:{GAP}\d){{6,}}|(?<!\d)(?:86{GAP})?1{GAP}[3-9](?:{GAP}\d){{9}}(?!\d)"
)
"""E-mail addresses, and telephone numbers: international ones, and Chinese mobile ones."""


def check_words(field: str, text: str) -> str:
    """The text, which stays when a person is erased. Raises `Invalid`.

    >>> check_words("reason", "case 12 of the court")
    'case 12 of the court'
    """
    if not text.strip():
        raise Invalid(field, "This field is required.")
    if len(text) > LONGEST or TELLING.search(unicodedata.normalize("NFKC", text)):
        raise Invalid(
            field,
            "Use at most {most} characters, without addresses or phone numbers. "
            "This text is kept as evidence.",
            most=LONGEST,
        )
    return text
