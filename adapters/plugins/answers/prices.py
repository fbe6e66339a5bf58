"""Answers about prices: offers and facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from adapters.plugins.answers.checks import (
    MAX_COUNT,
    WrongAnswer,
    code_of,
    exactly,
    mapping_of,
    moment_of,
    money_of,
    names_of,
    number_of,
    optional,
    text_of,
    tuple_of,
)
from adapters.plugins.answers.quotas import claim_of
from adapters.plugins.own_names import within_plugin
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.facts import Fact, FactKind
from core.domain.pricing.price_lists import PriceRank, UnitOffer
from ports.price_enquiries import Enquiry, PriceOffer

MAX_OFFERS = 1_000
MAX_FACTS = 100
MAX_CHOICE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsDescription:
    """What a `Facts` object says about itself. The shop asks once, at the start."""

    names: Mapping[str, FactKind]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.names)


def describe_facts(facts: Any) -> FactsDescription:
    names = mapping_of(facts.names, "the names of facts", most=MAX_FACTS)
    return FactsDescription(
        names={
            code_of(name, "the name of a fact"): exactly(kind, FactKind, "the kind of a fact")
            for name, kind in names.items()
        }
    )


def offers(answer: Any, enquiry: Enquiry, plugin: str) -> Mapping[str, tuple[UnitOffer, ...]]:
    """The offers by the key of the line."""
    keys = {line.key for line in enquiry.lines}
    by_line: dict[str, tuple[UnitOffer, ...]] = {}
    for each in tuple_of(answer, "the offers", most=MAX_OFFERS):
        offer = exactly(each, PriceOffer, "an offer")
        key, sku = exactly(offer.line, str, "the line"), exactly(offer.sku, str, "the SKU")
        if bool(key) is bool(sku):
            raise WrongAnswer("an offer is for one line, or for one SKU")
        found = [line.key for line in enquiry.lines if sku == line.sku] if sku else [key]
        if not keys.issuperset(found):
            raise WrongAnswer("an offer is for another line")
        unit_offer = _unit_offer(offer, enquiry, plugin)
        for line in found:
            by_line[line] = (*by_line.get(line, ()), unit_offer)
    return by_line


def _unit_offer(offer: PriceOffer, enquiry: Enquiry, plugin: str) -> UnitOffer:
    closes = exactly(offer.closes, frozenset, "the closed lanes")
    for lane in closes:
        if exactly(lane, Lane, "a closed lane") is Lane.TAXES:
            raise WrongAnswer("an offer closes the taxes")
    return UnitOffer(
        rank=exactly(offer.rank, PriceRank, "the rank"),
        minor=money_of(offer.price, "the price", currency=enquiry.currency).minor,
        source=within_plugin(plugin),
        closes=closes,
        label=names_of(offer.label, "the label of an offer"),
        until=optional(offer.until, partial(moment_of, what="the end of an offer")),
        claim=optional(offer.claim, partial(claim_of, plugin=plugin)),
    )


def facts(answer: Any, description: FactsDescription) -> Mapping[str, Fact]:
    found = mapping_of(answer, "the facts", most=MAX_FACTS)
    for name, fact in found.items():
        kind = description.names.get(exactly(name, str, "the name of a fact"))
        if kind is None:
            raise WrongAnswer("stated a fact that it does not declare")
        exactly(fact, kind.type, "a fact")
        if kind is FactKind.NUMBER:
            number_of(fact, "a fact", least=-MAX_COUNT)
        elif kind is FactKind.CHOICE:
            text_of(fact, "a fact", most=MAX_CHOICE, least=1)
    return dict(found)
