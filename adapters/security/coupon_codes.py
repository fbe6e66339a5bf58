"""New coupon codes."""

import secrets

from core.domain.pricing.coupons.codes import RANDOM_BYTES, code_from


def new_coupon_code() -> str:
    return code_from(secrets.token_bytes(RANDOM_BYTES))
