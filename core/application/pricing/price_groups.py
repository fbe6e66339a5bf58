"""Finds the groups of a buyer, as far as prices in lists depend on them."""

from dataclasses import dataclass

from core.domain.identifiers import CustomerId
from core.domain.pricing.applied.price_history import audiences_of
from core.domain.pricing.applied.shown_prices import NO_GROUPS
from ports.pricing import FindGroups, LoadRules


@dataclass(frozen=True, slots=True)
class FindPriceGroups:
    """No groups, and no statement, if no rule asks for a group that buyers see in lists."""

    load_rules: LoadRules
    find_groups: FindGroups

    async def __call__(self, customer_id: CustomerId | None) -> frozenset[str]:
        if customer_id is None:
            return NO_GROUPS
        named = frozenset[str]().union(*audiences_of(await self.load_rules()).values())
        return named & await self.find_groups(customer_id) if named else NO_GROUPS
