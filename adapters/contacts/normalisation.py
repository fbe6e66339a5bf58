"""Normalises phone numbers and email addresses, to store and compare them."""

import unicodedata

import phonenumbers

from core.domain.errors import Invalid

FORBIDDEN_IN_LOCAL_PART = frozenset(',;:<>()[]"\\')
"""Separators and quotes of address lists: RFC 5322 quotes them, real addresses have none."""


def normal_phone(text: str, country: str) -> str:
    """Convert a phone number to E.164.

    Raises:
        Invalid: it is not a valid number.

    >>> normal_phone("138 0013 8000", "CN")
    '+8613800138000'
    """
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise _wrong_phone() from error
    if not phonenumbers.is_valid_number(number):
        raise _wrong_phone()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_or_text(text: str, country: str) -> str:
    """Convert to E.164, or return the text: the address form reports it with other errors."""
    try:
        return normal_phone(text, country)
    except Invalid:
        return text


def normal_contact(text: str) -> str:
    """Normalise an email address or a mobile number (Chinese without a country code).

    Email addresses: trimmed, lower case, the host in IDNA; dots and plus signs stay.

    Raises:
        Invalid: it is neither.

    >>> normal_contact(" Mei@Example.COM "), normal_contact("13800138000")
    ('mei@example.com', '+8613800138000')
    """
    trimmed = text.strip()
    local, at, host = trimmed.rpartition("@")
    if not at:
        return normal_phone(trimmed, "CN")
    if FORBIDDEN_IN_LOCAL_PART.intersection(local):
        raise Invalid("login", "Enter an email address or a mobile number.")
    try:
        return f"{local.lower()}@{host.lower().encode('idna').decode()}"
    except UnicodeError as error:
        raise Invalid("login", "Enter an email address or a mobile number.") from error


def contact_or_text(text: str) -> str:
    """Normalise a contact after NFKC; text that is not a contact becomes lower case.

    >>> contact_or_text("ＭＥＩ@example.com")
    'mei@example.com'
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        return normal_contact(plain)
    except Invalid:
        return plain.lower()


def _wrong_phone() -> Invalid:
    return Invalid("phone", "Enter a valid phone number, such as 13800138000.")
