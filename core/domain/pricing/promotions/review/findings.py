"""Findings of a review: one sentence, and the part of the promotion at fault."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.domain.pricing.promotions.arguments import ArgumentType
from core.domain.pricing.promotions.documents.kinds import arguments_of

REFUSALS: Mapping[str, str] = {
    "empty_range": "This can never be met: the lowest value is above the highest.",
    "empty_list": "This can never be met: the list is empty.",
    "never": "This can never be met.",
    "fact_is_no_number": "This can never be met: the fact is no number.",
    "fact_is_number": "This can never be met: the fact is a whole number.",
    "fact_is_flag": "This can never be met: the fact is true or false.",
    "facts_apart": "This can never be met: the conditions on the fact exclude each other.",
    "windows_apart": "This can never be met: the periods do not overlap.",
    "unused_lane": "The settings of the shop do not use this lane.",
    "not_in_lists": "Lists of goods show this price, so it cannot depend on the cart.",
    "no_limit_in_lists": "Lists of goods show this price, so it cannot have a limit.",
    "more_than_tier": "The tier begins below the amount that it takes off.",
    "no_currency": "An amount in {currency} is missing, so it can never apply.",
}
"""The promotion is not saved."""

WARNINGS: Mapping[str, str] = {
    "has_ended": "The end is in the past.",
    "free_goods": "Goods can become free: there is no condition, and no limit of units.",
    "more_than_condition": "Small carts become free: the amount has no condition above it.",
    "falling_tiers": "A higher tier takes off less than a lower one.",
    "both_exclusive": "“{other}” is exclusive, too, for the same period and goods.",
    "always_closed": "“{other}” always applies instead.",
    "no_channel": "No order has this sales channel. Those of the shop are: {channels}.",
    "no_payment_method": "The buyer chooses how to pay after the price, so this is never met.",
    "no_level": "The members of this shop have no levels, so this is never met.",
    "no_fact": "Nothing in this shop states this fact, so this is never met.",
    "no_limit_fact": "Nothing in this shop states this fact, so the offer never applies.",
    "has_coupons": "It needs no coupon any more, but these batches open it: {batches}.",
}
"""The promotion can be saved."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``part`` is a path as in documents: ``condition.of[1]``; ``code`` is of the two lists."""

    part: str
    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_refusal(self) -> bool:
        return self.code in REFUSALS

    @property
    def template(self) -> str:
        return REFUSALS.get(self.code) or WARNINGS[self.code]


NESTED = {
    ArgumentType.NODE,
    ArgumentType.NODES,
    ArgumentType.RECORD,
    ArgumentType.RECORDS,
}


def parts_of(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """All nested parts of a promotion with their paths, the outer ones first."""
    for argument in arguments_of(type(value)):
        if argument.value_type not in NESTED:
            continue
        nested = getattr(value, argument.name)
        place = f"{path}.{argument.name}" if path else argument.name
        if isinstance(nested, tuple):
            for index, each in enumerate(nested):
                yield f"{place}[{index}]", each
                yield from parts_of(each, f"{place}[{index}]")
        else:
            yield place, nested
            yield from parts_of(nested, place)
