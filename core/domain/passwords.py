"""Rules for new passwords (NIST SP 800-63B)."""

import unicodedata
from collections.abc import Iterable

from core.domain.errors import Invalid

MIN_PASSWORD_LENGTH = 8
MAX_PASSWORD_LENGTH = 128


def normal_password(password: str) -> str:
    r"""The form that is hashed: NFC, so that every keyboard and system writes the same password.

    Nothing is trimmed or cut.

    >>> normal_password("e\u0301 ") == "\u00e9 "
    True
    """
    return unicodedata.normalize("NFC", password)


def folded(password: str) -> str:
    """The form in which passwords are compared with lists: NFKC without case.

    >>> folded("Ｐassword")
    'password'
    """
    return unicodedata.normalize("NFKC", password).casefold()


def check_password(password: str, names: Iterable[str] = ()) -> None:
    """Check the length, 8 to 128 characters of any kind, and that it is no name of the account.

    ``names`` are the log-in and the name of the person.

    Raises `Invalid`.
    """
    if not MIN_PASSWORD_LENGTH <= len(normal_password(password)) <= MAX_PASSWORD_LENGTH:
        raise Invalid(
            "password",
            "The password must have {least} to {most} characters.",
            least=MIN_PASSWORD_LENGTH,
            most=MAX_PASSWORD_LENGTH,
        )
    own = {folded(part) for name in names for part in (name, name.partition("@")[0])}
    if folded(password) in own:
        raise Invalid("password", "Choose a password that is not your name or log-in.")
