"""What changes the price of goods or of shipping: adjustments and taxes."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.money import Money
from core.domain.text import Text

SHOP = "shop"
"""Bears an adjustment unless a promotion names a seller."""

SALE = "sale"
"""The source of a price that is the sale price of its variant. No promotion has this code."""


class Lane(StrEnum):
    """The steps of a price, in the order of the settings; each sees the prices after the last."""

    CATALOGUE = "catalogue"
    ITEM = "item"
    ORDER = "order"
    CROSS_SELLER = "cross_seller"
    COUPON = "coupon"
    SHIPPING = "shipping"
    POINTS = "points"
    TAXES = "taxes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One change of the amount of a line or of shipping, by a promotion, a coupon or points.

    ``source`` is the code of the promotion. ``amount`` is signed: a discount is below zero.
    ``borne_by`` is who pays for it: the shop, or the code of a seller.
    """

    source: str
    lane: Lane
    label: Text
    amount: Money
    borne_by: str = SHOP


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxAmount:
    """The tax of one rate on a line or on shipping.

    ``rate`` is a decimal fraction as text, such as ``0.13``. ``base`` is the net amount.
    ``included``: the price contains it.
    """

    code: str
    label: Text
    rate: str
    base: Money
    amount: Money
    included: bool
