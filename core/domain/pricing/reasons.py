"""Sentences for the buyer: why a promotion or a coupon does not count, and its terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field

REASONS: Mapping[str, str] = {
    "amount_missing": "Add {missing} more to get this offer.",
    "units_missing": "Add {missing} more items to get this offer.",
    "products_missing": "Add {missing} more different products to get this offer.",
    "more_amount": "Add {missing} more to save more with this offer.",
    "more_units": "Add {missing} more items to save more with this offer.",
    "too_many": "The cart has more of these goods than this offer allows.",
    "goods_missing": "Other goods are needed in the cart for this offer.",
    "no_goods": "No goods in the cart are part of this offer.",
    "no_shipping": "This offer counts at checkout, if goods are shipped.",
    "excluded": "This offer cannot be combined with what is in the cart.",
    "nothing_to_reduce": "The price is already as low as with this offer.",
    "goods_closed": "The goods have a special price that takes no further offers.",
    "closed_by": "“{other}” applies instead.",
    "not_started": "This offer starts at {at}.",
    "ended": "This offer has ended.",
    "other_hours": "This offer does not apply at this time.",
    "other_customers": "This offer is for other customers.",
    "other_level": "This offer is for other membership levels.",
    "other_order": "This offer is not for this one of your orders.",
    "sign_in": "Sign in to get this offer.",
    "other_channel": "This offer does not apply here.",
    "other_destination": "This offer does not apply to your delivery address.",
    "other_shipping": "Choose another way of shipping to get this offer.",
    "other_payment": "Choose another way to pay to get this offer.",
    "other_facts": "This offer does not apply to this order.",
    "fact_unknown": "It is not known now whether this offer applies. Try again in a minute.",
    "other_currency": "This offer does not apply in this currency.",
    "used_up": "This offer is used up.",
    "used_by_you": "You have used this offer as often as is possible.",
    "choose": "Choose an item of this offer to add.",
    "addition_unavailable": "The item of this offer is not available now.",
    "not_reviewed": "This cannot be checked at the moment. Try again in a few minutes.",
    "unknown_coupon": "There is no such code. Check it and try again.",
    "coupon_not_started": "This code is valid from {at}.",
    "coupon_expired": "This code has expired.",
    "coupon_used_up": "This code is used up.",
    "coupon_used_by_you": "You have used this code already.",
    "coupon_repeated": "Another code of the same offer is in use.",
    "not_for_these_goods": "This code is not for the goods in the cart.",
    "term_amount": "{amount} off.",
    "term_percent": "{percent}% off.",
    "term_free": "Free of charge.",
    "term_cap": "At most {amount} off.",
    "term_tier": "{amount} off from {least}.",
    "term_shipping": "Free shipping.",
    "term_some_goods": "For some of the goods.",
    "term_least": "For goods from {least}.",
    "term_first_order": "For your first order.",
}
"""The English sentences by code. Adapters translate them and format them with the values."""


@dataclass(frozen=True, slots=True)
class Reason:
    """``values`` fill in the sentence: `Money`, numbers, moments, and the `Text` of a label."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def template(self) -> str:
        return REASONS[self.code]
