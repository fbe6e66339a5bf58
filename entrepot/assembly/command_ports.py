"""The ports of the command line and their adapters."""

from collections.abc import Callable
from functools import partial

from adapters.cli.demo import SeedDemo
from adapters.cli.keys import PublicKey, RotateBlindIndexes, RotateKeys
from adapters.cli.plugins import ServersReport
from adapters.cli.server import BackgroundWork
from adapters.database.engine import Database
from adapters.database.inspection import SqlColumns
from adapters.database.keys.index_rotation import RotateBlindIndexes as RotateSqlIndexes
from adapters.database.plugin_tables.catalogue import SqlPluginCatalogue
from adapters.database.plugin_tables.indexes import indexed_columns
from adapters.database.privacy.provider_registry import SqlDataProviderRegistry
from adapters.feeds.reading import FeedReader
from adapters.feeds.shopify_export import FeedWriter
from adapters.keys.rotation import KeyringIndexKeys
from adapters.keys.rotation import RotateKeys as RotateVaultKeys
from adapters.keys.vault import Vault
from adapters.plugins.process_record import take_record
from adapters.security.signatures import key_id_of, public_pem
from adapters.webhooks.sender import secret_of
from adapters.worker.worker import Worker
from core.application.catalogue.feed_files import ReadFeed, WriteFeed
from core.application.catalogue.product_export import ExportProducts
from core.application.privacy.processing_record import ProcessingRecord
from core.domain.fields.declared import DeclaredFields
from entrepot.assembly.installed_plugins import DeclaredPlugins
from entrepot.assembly.plugin_loading import process_records
from entrepot.assembly.plugin_report import ReportServers
from entrepot.assembly.shop import Shop
from entrepot.assembly.wiring import bound, made, wired
from entrepot.demo.seed import SeedDemo as SeedSqlDemo
from entrepot.settings import Settings
from ports.encryption import IndexKeys
from ports.events.webhooks import WebhookSecret
from ports.plugins import InstalledPlugins, TakeWorkerRecord
from ports.privacy.processing import DatabaseColumns, ForgetDataProvider


def media_prefix(settings: Settings) -> str:
    return f"{settings.base_url}{settings.media_url}/"


def read_feed_of(settings: Settings) -> ReadFeed:
    return FeedReader(settings.currency, media_prefix(settings))


def write_feed_of(settings: Settings, declared_fields: DeclaredFields) -> WriteFeed:
    return FeedWriter(media_prefix(settings), declared_fields)


def webhook_secret_of(settings: Settings) -> WebhookSecret:
    key = settings.secret_key.get_secret_value().encode()
    return lambda webhook_id: secret_of(key, webhook_id)


def rotate_keys_of(vault: Vault) -> RotateKeys:
    async def rotate(progress: Callable[[int], None]) -> int:
        await vault.prepare()
        return await RotateVaultKeys(vault)(progress)

    return rotate


def rotate_indexes_of(
    database: Database, vault: Vault, index_keys: IndexKeys, catalogue: SqlPluginCatalogue
) -> RotateBlindIndexes:
    async def rotate(progress: Callable[[int], None]) -> int:
        await vault.prepare()
        further = indexed_columns((await catalogue.all()).values())
        return await RotateSqlIndexes(database, vault, index_keys, further)(progress)

    return rotate


def public_key_of(vault: Vault) -> PublicKey:
    async def read() -> tuple[str, str]:
        await vault.prepare()
        key = vault.keyring.signer.public_key()
        return public_pem(key), key_id_of(key)

    return read


def forget_provider_of(registry: SqlDataProviderRegistry) -> ForgetDataProvider:
    return registry.forget


def seed_demo_of(seed: SeedSqlDemo) -> SeedDemo:
    return seed


def servers_report_of(settings: Settings) -> ServersReport:
    return ReportServers(process_records(settings))


def take_worker_record_of(settings: Settings) -> TakeWorkerRecord:
    return partial(take_record, process_records(settings))


def background_work_of(worker: Worker) -> BackgroundWork:
    return worker


@wired
class CommandPorts(Shop):
    export_products = made(ExportProducts)
    read_feed = bound(ReadFeed, read_feed_of)
    write_feed = bound(WriteFeed, write_feed_of)
    index_keys = bound(IndexKeys, KeyringIndexKeys)
    database_columns = bound(DatabaseColumns, SqlColumns)
    processing_record = made(ProcessingRecord)
    forget_data_provider = bound(ForgetDataProvider, forget_provider_of)
    rotate_keys = bound(RotateKeys, rotate_keys_of)
    rotate_indexes = bound(RotateBlindIndexes, rotate_indexes_of)
    public_key = bound(PublicKey, public_key_of)
    webhook_secret = bound(WebhookSecret, webhook_secret_of)
    demo_seed = bound(SeedDemo, seed_demo_of)
    installed_plugins = bound(InstalledPlugins, DeclaredPlugins)
    servers_report = bound(ServersReport, servers_report_of)
    take_worker_record = bound(TakeWorkerRecord, take_worker_record_of)
    background_work = bound(BackgroundWork, background_work_of)
