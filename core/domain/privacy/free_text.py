"""Free text that must not contain personal data, such as the reason of a refusal."""

import re
import unicodedata

from core.domain.errors import Invalid

MAX_LENGTH = 200
GAP = r"[\s.\-()]*"
CONTACT = re.compile(
    rf"@|\+{GAP}\d(?:{GAP}\d){{6,}}|(?<!\d)(?:86{GAP})?1{GAP}[3-9](?:{GAP}\d){{9}}(?!\d)"
)
"""Matches email addresses, international phone numbers and Chinese mobile numbers."""


def check_free_text(field: str, text: str) -> str:
    """Returns the text. Raises `Invalid` for a contact, because erasures keep the text.

    >>> check_free_text("reason", "case 12 of the court")
    'case 12 of the court'
    """
    if not text.strip():
        raise Invalid(field, "This field is required.")
    if len(text) > MAX_LENGTH or CONTACT.search(unicodedata.normalize("NFKC", text)):
        raise Invalid(
            field,
            "Use at most {most} characters, without addresses or phone numbers. "
            "This text is kept as evidence.",
            most=MAX_LENGTH,
        )
    return text
