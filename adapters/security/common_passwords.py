"""The passwords that people guess first.

``common_passwords.txt`` has the 11,000 most frequent passwords of at least eight characters,
folded, from the frequency lists of zxcvbn (MIT licence, see ``NOTICE``).
"""

from functools import cache
from importlib.resources import files

from core.domain.passwords import folded


def is_common(password: str) -> bool:
    """Compare in any case and width.

    >>> is_common("PassWord1"), is_common("correct horse")
    (True, False)
    """
    return folded(password) in _list()


@cache
def _list() -> frozenset[str]:
    file = files("adapters.security").joinpath("common_passwords.txt")
    return frozenset(file.read_text(encoding="utf-8").splitlines())
