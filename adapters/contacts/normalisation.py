"""Phone numbers and e-mail addresses, normalised for storing and comparing."""

import unicodedata

import phonenumbers

from core.domain.errors import Invalid

SEVERAL = frozenset(',;:<>()[]"\\')
"""What stands between addresses, or around one, and never in one that people use."""


def normal_phone(text: str, country: str) -> str:
    """A number as people write it, in E.164.

    Raises:
        Invalid: it cannot be called.

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
    """The number in E.164, or what was written: an address refuses that with all else."""
    try:
        return normal_phone(text, country)
    except Invalid:
        return text


def normal_contact(text: str) -> str:
    """An e-mail address or a mobile number (Chinese unless it says otherwise).

    E-mail: trimmed, lower case, the host in IDNA; dots and plus signs stay.

    >>> normal_contact(" Mei@Example.COM "), normal_contact("13800138000")
    ('mei@example.com', '+8613800138000')
    """
    trimmed = text.strip()
    local, at, host = trimmed.rpartition("@")
    if not at:
        return normal_phone(trimmed, "CN")
    if SEVERAL.intersection(local):
        raise Invalid("login", "Enter an email address or a mobile number.")
    try:
        return f"{local.lower()}@{host.lower().encode('idna').decode()}"
    except UnicodeError as error:
        raise Invalid("login", "Enter an email address or a mobile number.") from error


def known_contact(text: str) -> str:
    """What a contact is kept as, however it is written; what is none stays as it is.

    >>> known_contact("ＭＥＩ@example.com")
    'mei@example.com'
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        return normal_contact(plain)
    except Invalid:
        return plain.lower()


def _wrong_phone() -> Invalid:
    return Invalid("phone", "Enter a valid phone number, such as 13800138000.")
