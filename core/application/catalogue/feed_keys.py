"""Keys that the shop makes from the names of suppliers: the same name has the same key."""

import re
from hashlib import sha256
from unicodedata import normalize

from core.domain.identifiers import MAX_SLUG_LENGTH, SKU, SLUG, Sku

HASH_LENGTH = 8
SKU_STEM_LENGTH = 48


def slug_of(name: str, context: str = "") -> str:
    """Returns a URL-safe slug. The same name has the same slug each time.

    >>> slug_of("Tea Pots"), slug_of("茶壶")[:2]
    ('tea-pots', 'c-')
    """
    slug = _stem(name, MAX_SLUG_LENGTH).lower()
    if slug and name.isascii():
        return slug
    return f"c-{_hash(context, name)}"


def free_slug(name: str, parent: str, taken: set[str]) -> str:
    """Returns a slug that is not taken."""
    slug = slug_of(name, parent)
    if slug in taken:
        slug = slug_of(f"{parent} {name}", parent)
    if slug in taken:
        slug = f"{slug[: MAX_SLUG_LENGTH - HASH_LENGTH - 1]}-{_hash(parent, name)}"
    return slug


def handle_of(name: str) -> str:
    """Returns the handle for a supplier's handle or id: itself in lower case, if it is one.

    >>> handle_of("Tea-Pot"), handle_of("tasse-größe")
    ('tea-pot', 'tasse-groe-ea5d7dd6')
    """
    lower = name.lower()
    if len(lower) <= MAX_SLUG_LENGTH and SLUG.fullmatch(lower):
        return lower
    stem = _stem(lower, MAX_SLUG_LENGTH - HASH_LENGTH - 1)
    return f"{stem}-{_hash(lower)}".lstrip("-")


def sku_of(code: str, *context: str) -> Sku:
    """Returns a SKU for a supplier's code that is no SKU, or that another variant has.

    ``context`` tells variants with the same code apart.

    >>> sku_of("AB 12", "pot", "small")
    'AB-12-1D7D1818'
    """
    return Sku(f"{_stem(code, SKU_STEM_LENGTH)}-{_hash(code, *context)}".lstrip("-").upper())


def is_sku(code: str) -> bool:
    return bool(SKU.fullmatch(code))


def _stem(name: str, most: int) -> str:
    """The ASCII letters and digits of a name, with hyphens between them."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[A-Za-z0-9]+", plain))[:most].strip("-")


def _hash(*names: str) -> str:
    return sha256("\0".join(names).encode()).hexdigest()[:HASH_LENGTH]
