"""Keyed hashes of coupon codes, and the codes of coupons that have an owner."""

from core.domain.pricing.coupons.codes import code_from
from ports.encryption import BlindIndexes

KEY_DIGITS = 32
"""Hexadecimal digits: 128 bits."""


def coupon_key(vault: BlindIndexes, code: str) -> str:
    """``code`` is normalised."""
    return vault.fingerprint(f"coupon {code}").hex()[:KEY_DIGITS]


def owned_code(vault: BlindIndexes, batch: str, owner: bytes, source: str) -> str:
    """The code of a coupon with an owner: computed from its row, so that it is not stored."""
    return code_from(vault.fingerprint(f"coupon of {batch} {owner.hex()} {source}"))
