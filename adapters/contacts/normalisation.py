"""Normalises phone numbers and email addresses, to store and compare them."""

from unicodedata import normalize

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from core.domain.errors import Invalid

PHONE_REGIONS = {"香港特别行政区": "HK", "澳门特别行政区": "MO", "台湾省": "TW"}
"""The numbering plans of the Chinese provinces that have one of their own."""


def normal_phone(text: str, *regions: str) -> str:
    """Convert a phone number to E.164. The first region whose plan it fits is its region.

    Raises:
        Invalid: it is not a valid number, or has an extension.

    >>> normal_phone("138 0013 8000", "CN"), normal_phone("9123 4567", "HK", "CN")
    ('+8613800138000', '+85291234567')
    """
    for region in regions:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) and not number.extension:
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise Invalid("phone", "Enter a valid phone number, such as 13800138000.")


def phone_or_text(text: str, country: str, province: str = "") -> str:
    """Convert to E.164, or return the text: the address form reports it with other errors."""
    short = province[:2]
    own = [region for name, region in PHONE_REGIONS.items() if short and name.startswith(short)]
    try:
        return normal_phone(text, *own, country)
    except Invalid:
        return text


def normal_contact(text: str) -> str:
    """Normalise an email address or a mobile number (Chinese without a country code).

    Email addresses: full-width characters become plain ones (NFKC), lower case, the host as
    IDNA 2008 writes it; dots and plus signs stay. An address that no email can reach is refused,
    and so is an invisible character: it would make two accounts that look the same.

    Raises:
        Invalid: it is neither.

    >>> normal_contact(" Mei@Example.COM "), normal_contact("13800138000")
    ('mei@example.com', '+8613800138000')
    """
    plain = normalize("NFKC", text).strip()
    if "@" not in plain:
        return normal_phone(plain, "CN")
    try:
        address = validate_email(
            plain, check_deliverability=False, test_environment=True, strict=True
        )
    except EmailNotValidError as error:
        raise Invalid("login", "Enter an email address or a mobile number.") from error
    return f"{address.local_part.lower()}@{address.ascii_domain}"


def contact_or_text(text: str) -> str:
    """Normalise a contact after NFKC; text that is not a contact becomes lower case.

    >>> contact_or_text("ＭＥＩ@example.com")
    'mei@example.com'
    """
    try:
        return normal_contact(text)
    except Invalid:
        return normalize("NFKC", text).strip().lower()
