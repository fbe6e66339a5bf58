"""The price offers and facts of all plugins, each behind its plugin guard."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adapters.plugins.answers import prices as answers
from adapters.plugins.answers.prices import FactsDescription
from adapters.plugins.guard import PluginGuard
from adapters.plugins.prompt_calls import within
from core.domain.pricing.facts import Fact, FactKind
from core.domain.pricing.price_lists import UnitOffer
from ports.errors import PortError
from ports.price_enquiries import Enquiry, Facts, PriceOffers

SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class GuardedPriceOffers:
    price_offers: PriceOffers
    guard: PluginGuard

    async def __call__(self, enquiry: Enquiry) -> Mapping[str, tuple[UnitOffer, ...]]:
        """The offers by the key of the line; none if the plugin fails."""
        seconds = min(SECONDS, self.guard.limits.seconds)
        call = self.guard.call(
            lambda: self.price_offers.offers(enquiry),
            lambda answer: answers.offers(answer, enquiry, self.guard.plugin),
            seconds=seconds,
        )
        try:
            return await within(seconds, call)
        except PortError:
            return {}


@dataclass(frozen=True, slots=True)
class GuardedFacts:
    facts: Facts
    guard: PluginGuard
    description: FactsDescription

    async def __call__(self, enquiry: Enquiry) -> Mapping[str, Fact]:
        """The facts by name; none if the plugin fails."""
        seconds = min(SECONDS, self.guard.limits.seconds)
        call = self.guard.call(
            lambda: self.facts.facts(enquiry),
            lambda answer: answers.facts(answer, self.description),
            seconds=seconds,
        )
        try:
            return await within(seconds, call)
        except PortError:
            return {}


@dataclass(frozen=True, slots=True)
class AllPriceOffers:
    """`ports.price_enquiries.AskPriceOffers`. The plugins are asked concurrently."""

    plugins: Sequence[GuardedPriceOffers] = ()

    @property
    def is_used(self) -> bool:
        return bool(self.plugins)

    async def __call__(self, enquiry: Enquiry) -> Mapping[str, tuple[UnitOffer, ...]]:
        by_line: dict[str, tuple[UnitOffer, ...]] = {}
        for answer in await asyncio.gather(*(ask(enquiry) for ask in self.plugins)):
            for line, offers in answer.items():
                by_line[line] = (*by_line.get(line, ()), *offers)
        return by_line


@dataclass(frozen=True, slots=True)
class AllFacts:
    """`ports.price_enquiries.AskFacts`. The plugins are asked concurrently."""

    plugins: Sequence[GuardedFacts] = ()

    @property
    def names(self) -> Mapping[str, FactKind]:
        return {
            name: kind for each in self.plugins for name, kind in each.description.names.items()
        }

    async def __call__(self, enquiry: Enquiry, names: frozenset[str]) -> Mapping[str, Fact]:
        asked = [each for each in self.plugins if not names.isdisjoint(each.description.names)]
        answers_of_all = await asyncio.gather(*(ask(enquiry) for ask in asked))
        return {
            name: fact
            for answer in answers_of_all
            for name, fact in answer.items()
            if name in names
        }
