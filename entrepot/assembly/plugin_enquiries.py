"""What plugins say before a price is made and an order is placed."""

from adapters.plugins.guards import PluginGuards
from adapters.plugins.limits import Purpose
from adapters.plugins.order_guards import AllOrderGuards, GuardedOrderGuard
from adapters.plugins.price_enquiries import (
    AllFacts,
    AllPriceOffers,
    GuardedFacts,
    GuardedPriceOffers,
)
from entrepot.assembly.plugins import PluginParts
from entrepot.assembly.wiring import bound, wired
from entrepot.plugin_contract import FACTS, ORDER_GUARDS, PRICE_OFFERS, PROMOTION_KINDS
from entrepot.plugin_manager import PluginManager
from ports.order_guards import AskOrderGuards
from ports.price_enquiries import AskFacts, AskPriceOffers
from ports.pricing import PromotionKinds

HOOKS = frozenset({PRICE_OFFERS, FACTS, ORDER_GUARDS})
"""Their objects are called in the thread for enquiries."""


def price_offers_of(plugins: PluginManager, plugin_guards: PluginGuards) -> AskPriceOffers:
    return AllPriceOffers(
        tuple(
            GuardedPriceOffers(each, plugin_guards.of(name, Purpose.ENQUIRIES))
            for name, each in plugins.registered(PRICE_OFFERS)
        )
    )


def facts_of(plugins: PluginManager, plugin_guards: PluginGuards) -> AskFacts:
    return AllFacts(
        tuple(
            GuardedFacts(each, plugin_guards.of(name, Purpose.ENQUIRIES), description)
            for name, each, description in plugins.described(FACTS)
        )
    )


def order_guards_of(plugins: PluginManager, plugin_guards: PluginGuards) -> AskOrderGuards:
    return AllOrderGuards(
        tuple(
            GuardedOrderGuard(each, plugin_guards.of(name, Purpose.ENQUIRIES), description.required)
            for name, each, description in plugins.described(ORDER_GUARDS)
        )
    )


def promotion_kinds_of(plugins: PluginManager) -> PromotionKinds:
    kinds = (kind for _, _, kind in plugins.described(PROMOTION_KINDS))
    return PromotionKinds({kind.code: kind for kind in kinds})


@wired
class EnquiryParts(PluginParts):
    price_offers = bound(AskPriceOffers, price_offers_of)
    facts = bound(AskFacts, facts_of)
    order_guards = bound(AskOrderGuards, order_guards_of)
    promotion_kinds = bound(PromotionKinds, promotion_kinds_of)
