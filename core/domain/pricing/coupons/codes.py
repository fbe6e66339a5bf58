"""Coupon codes: twelve characters that are hard to misread, the last one a check character."""

from unicodedata import category, normalize

from core.domain.errors import Invalid

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, 1, I, L and O. It has 31 characters, a prime number."""

LENGTH = 12
RANDOM_BYTES = 16

_SIZE = len(ALPHABET)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def code_from(random: bytes) -> str:
    """A code from random bytes, at least 16: eleven characters, some 54 bits, are random.

    Raises:
        Invalid: there are fewer bytes.

    >>> code_from(bytes(range(16)))
    'PT7T4RX84JBX'
    """
    if len(random) < RANDOM_BYTES:
        raise Invalid("random", "A code needs {bytes} random bytes.", bytes=RANDOM_BYTES)
    number = int.from_bytes(random, "big")
    values = []
    for _ in range(LENGTH - 1):
        number, value = divmod(number, _SIZE)
        values.append(value)
    values.append(_check_value(values))
    return "".join(ALPHABET[value] for value in values)


def is_well_formed(text: str) -> bool:
    """Whether the text is a code whose check character is right.

    One wrong character, or two that changed places, is always found: the weights of the places
    and their differences are not multiples of 31.

    >>> is_well_formed("pt7t-4rx8-4jbx"), is_well_formed("TP7T-4RX8-4JBX")
    (True, False)
    """
    code = normalised(text)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return False
    values = [_VALUES[character] for character in code]
    return values[-1] == _check_value(values[:-1])


def normalised(text: str) -> str:
    """The code as it is stored: case, full-width forms, spaces and dashes do not matter.

    >>> normalised(" ｐｔ７ｔ—4rx8 4jbx ")
    'PT7T4RX84JBX'
    """
    folded = normalize("NFKC", text).upper()
    return "".join(each for each in folded if category(each)[0] not in "ZC" and not _is_dash(each))


def grouped(code: str) -> str:
    """The code as it is printed.

    >>> grouped("PT7T4RX84JBX")
    'PT7T-4RX8-4JBX'
    """
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _check_value(values: list[int]) -> int:
    """The value that makes the sum of all values, times their places, a multiple of 31."""
    weighted = sum(place * value for place, value in enumerate(values, start=1))
    return -weighted * pow(LENGTH, -1, _SIZE) % _SIZE


def _is_dash(character: str) -> bool:
    return category(character) == "Pd" or character in "−_"
