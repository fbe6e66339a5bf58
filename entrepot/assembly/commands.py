"""The parts of each group of commands."""

from typing import TypeVar

from adapters.cli.audit import AuditCommands
from adapters.cli.catalogue import CatalogueCommands
from adapters.cli.corrections import CorrectionCommands
from adapters.cli.coupons import CouponCommands
from adapters.cli.database import DatabaseCommands
from adapters.cli.demo import DemoCommands
from adapters.cli.erasures import ErasureCommands
from adapters.cli.events import EventCommands
from adapters.cli.jobs import JobCommands
from adapters.cli.keys import KeyCommands
from adapters.cli.plugin_settings import PluginSettingsCommands
from adapters.cli.plugins import PluginCommands
from adapters.cli.price_history import PriceHistoryCommands
from adapters.cli.prices import PriceCommands
from adapters.cli.privacy import PrivacyCommands
from adapters.cli.promotions import PromotionCommands
from adapters.cli.recommendation import RecommendationCommands
from adapters.cli.reconcile import ReconciliationCommands
from adapters.cli.requests import RequestCommands
from adapters.cli.server import ServerCommands, WorkerCommands
from adapters.cli.staff import StaffCommands
from adapters.cli.trial_cart import TrialCommands
from adapters.cli.uninstall import RemovalCommands
from adapters.cli.webhooks import WebhookCommands
from entrepot.assembly.command_ports import CommandPorts
from entrepot.assembly.parts import provider_of
from entrepot.assembly.shop import close_shop, connected, prepare_shop
from entrepot.assembly.wiring import made, wired
from entrepot.settings import Settings

Parts = TypeVar("Parts")


@wired
class CommandShop(CommandPorts):
    """The shop with the parts of the command line."""

    audit_commands = made(AuditCommands)
    catalogue_commands = made(CatalogueCommands)
    correction_commands = made(CorrectionCommands)
    coupon_commands = made(CouponCommands)
    database_commands = made(DatabaseCommands)
    demo_commands = made(DemoCommands)
    erasure_commands = made(ErasureCommands)
    event_commands = made(EventCommands)
    job_commands = made(JobCommands)
    key_commands = made(KeyCommands)
    plugin_commands = made(PluginCommands)
    plugin_settings_commands = made(PluginSettingsCommands)
    price_commands = made(PriceCommands)
    price_history_commands = made(PriceHistoryCommands)
    promotion_commands = made(PromotionCommands)
    privacy_commands = made(PrivacyCommands)
    recommendation_commands = made(RecommendationCommands)
    reconciliation_commands = made(ReconciliationCommands)
    removal_commands = made(RemovalCommands)
    request_commands = made(RequestCommands)
    server_commands = made(ServerCommands)
    staff_commands = made(StaffCommands)
    trial_commands = made(TrialCommands)
    webhook_commands = made(WebhookCommands)
    worker_commands = made(WorkerCommands)


class OpenedShop:
    """An open shop for the command line. The environment has the settings if none are given."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.shop = connected(CommandShop(), settings)

    def part(self, kind: type[Parts]) -> Parts:
        provider = provider_of(self.shop, kind)
        if provider is None:
            raise LookupError(f"The command line has no {kind.__name__}.")
        part: Parts = provider()
        return part

    async def prepare(self) -> None:
        await prepare_shop(self.shop)

    async def close(self) -> None:
        await close_shop(self.shop)
