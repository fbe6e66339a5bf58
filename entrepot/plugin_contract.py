"""What each hook needs, and what its objects say about themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click

from adapters.database.plugin_tables.declaration import PluginTables
from adapters.plugins.answers.admin_pages import describe_admin_page
from adapters.plugins.answers.checks import WrongAnswer, code_of
from adapters.plugins.answers.commands import describe_command
from adapters.plugins.answers.content import (
    describe_block_kind,
    describe_fill,
    describe_page,
)
from adapters.plugins.answers.event_types import describe_event_type
from adapters.plugins.answers.fields import describe_field
from adapters.plugins.answers.fulfillment import describe_carrier
from adapters.plugins.answers.jobs import describe_job
from adapters.plugins.answers.listeners import describe_listener
from adapters.plugins.answers.order_guards import describe_order_guard
from adapters.plugins.answers.payments import GatewayDescription, describe_gateway
from adapters.plugins.answers.prices import describe_facts
from adapters.plugins.answers.privacy import describe_data_provider
from adapters.plugins.answers.promotion_kinds import describe_promotion_kind
from adapters.plugins.answers.taxes import describe_tax_engine
from core.domain.content.blocks import BlockKind
from core.domain.fields.field import Field
from core.domain.pricing.promotions.presets import PromotionKind
from entrepot.hookspecs import Capability, EventListener, EventSubscriber, Manifest
from ports.admin.pages import AdminPage
from ports.content.pages import Page, ServedContent
from ports.fulfillment import Carrier
from ports.jobs import Job
from ports.keys import KeyringLock
from ports.order_guards import OrderGuard
from ports.payments.gateway import PaymentGateway
from ports.payments.protocols import PROTOCOLS
from ports.price_enquiries import Facts, PriceOffers
from ports.privacy.data_providers import PersonalDataProvider
from ports.recommendation import Recommender
from ports.search import SearchIndex
from ports.taxes import TaxEngine

ADMIN_PAGES = "entrepot_admin_pages"
BLOCKS = "entrepot_blocks"
CARRIERS = "entrepot_carriers"
COMMANDS = "entrepot_commands"
EVENT_TYPES = "entrepot_event_types"
FACTS = "entrepot_facts"
FIELDS = "entrepot_fields"
GATEWAYS = "entrepot_gateways"
JOBS = "entrepot_jobs"
KEYRING_LOCKS = "entrepot_keyring_locks"
LISTENERS = "entrepot_listeners"
ORDER_GUARDS = "entrepot_order_guards"
PAGES = "entrepot_pages"
PRICE_OFFERS = "entrepot_price_offers"
PROMOTION_KINDS = "entrepot_promotion_kinds"
PROVIDERS = "entrepot_personal_data_providers"
RECOMMENDERS = "entrepot_recommenders"
ROUTES = "entrepot_routes"
SEARCH_INDEXES = "entrepot_search_indexes"
SLOTS = "entrepot_slots"
SUBSCRIBERS = "entrepot_subscribers"
TABLES = "entrepot_tables"
TAX_ENGINES = "entrepot_tax_engines"
MAX_OBJECTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDescription:
    """An object that says its code alone."""

    code: str


@dataclass(frozen=True, slots=True)
class HookContract:
    """``describe`` asks an object once, at the start; None if it has nothing to say.

    ``shared_codes``: two plugins can use the same code, and it is unique in each plugin alone.
    """

    capability: Capability
    port: type[Any]
    describe: Callable[[Any], Any] | None = None
    shared_codes: bool = False


def _describe_gateway(gateway: Any) -> GatewayDescription:
    description = describe_gateway(gateway)
    for ability in sorted(description.abilities):
        if not isinstance(gateway, PROTOCOLS[ability]):
            raise WrongAnswer(
                f"“{description.code}” declares {ability} and is no {PROTOCOLS[ability].__name__}"
            )
    return description


def _describe_code(each: Any) -> CodeDescription:
    return CodeDescription(code=code_of(each.code, "the code"))


def codes_of(description: Any) -> tuple[str, ...]:
    """What no other object of the hook may have, such as the code of a gateway."""
    codes: tuple[str, ...] | None = getattr(description, "codes", None)
    return (description.code,) if codes is None else codes


ONE_PLUGIN_EACH = (
    RECOMMENDERS,
    SEARCH_INDEXES,
    KEYRING_LOCKS,
    TAX_ENGINES,
)
"""Hooks of which the shop uses one object, whatever the number of plugins that offer one."""

CONTRACT: dict[str, HookContract] = {
    GATEWAYS: HookContract(Capability.PAYMENT, PaymentGateway, _describe_gateway),
    CARRIERS: HookContract(Capability.SHIPPING, Carrier, describe_carrier),
    RECOMMENDERS: HookContract(Capability.RECOMMENDATION, Recommender, _describe_code),
    SEARCH_INDEXES: HookContract(Capability.SEARCH, SearchIndex),
    SUBSCRIBERS: HookContract(Capability.EVENTS, EventSubscriber),
    LISTENERS: HookContract(Capability.EVENTS, EventListener, describe_listener, shared_codes=True),
    EVENT_TYPES: HookContract(Capability.EVENTS, type, describe_event_type),
    FIELDS: HookContract(Capability.FIELDS, Field, describe_field),
    SLOTS: HookContract(Capability.PAGES, object, describe_fill, shared_codes=True),
    PAGES: HookContract(Capability.PAGES, Page, describe_page, shared_codes=True),
    BLOCKS: HookContract(Capability.PAGES, BlockKind, describe_block_kind, shared_codes=True),
    ROUTES: HookContract(Capability.ROUTES, object),
    KEYRING_LOCKS: HookContract(Capability.KEYS, KeyringLock, _describe_code),
    TAX_ENGINES: HookContract(Capability.TAXES, TaxEngine, describe_tax_engine),
    COMMANDS: HookContract(Capability.COMMANDS, click.Command, describe_command, shared_codes=True),
    JOBS: HookContract(Capability.JOBS, Job, describe_job, shared_codes=True),
    ADMIN_PAGES: HookContract(
        Capability.ADMIN_PAGES, AdminPage, describe_admin_page, shared_codes=True
    ),
    TABLES: HookContract(Capability.TABLES, PluginTables),
    PRICE_OFFERS: HookContract(Capability.PRICES, PriceOffers),
    FACTS: HookContract(Capability.PRICES, Facts, describe_facts),
    PROMOTION_KINDS: HookContract(Capability.PRICES, PromotionKind, describe_promotion_kind),
    ORDER_GUARDS: HookContract(Capability.ORDER_GUARDS, OrderGuard, describe_order_guard),
    PROVIDERS: HookContract(Capability.RECORDS, PersonalDataProvider, describe_data_provider),
}


def served_content(manifest: Manifest, registered: Mapping[str, tuple[Any, ...]]) -> ServedContent:
    """What the shop serves for a plugin with these objects."""
    return ServedContent(
        plugin=manifest.name,
        files=manifest.files,
        pages=registered.get(PAGES, ()),
        has_slots=bool(registered.get(SLOTS) or registered.get(BLOCKS)),
        routes=registered.get(ROUTES, ()),
    )
