"""Everything about personal data, assembled: who keeps records, and what has to forget."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from adapters.database.engine import Database
from adapters.database.keepers import SqlKeeperRegister
from adapters.database.migration import wipe
from adapters.database.privacy.answers import KeptAnswers
from adapters.database.privacy.mentions import Mentions
from adapters.database.privacy.shop import ShopRecords
from adapters.keys.vault import Vault
from adapters.plugins.records import GuardedKeeper, guarded
from adapters.security.signatures import holds, signature_of
from core.application.consents import Notice
from core.application.privacy.erasing import Sink
from core.application.privacy.keepers import Keepers
from core.application.privacy.processing import wording
from core.domain.privacy.policy import Policy
from core.domain.privacy.records import Subject
from entrepot.extensions import Boundaries
from entrepot.plugin_manager import PluginManager
from ports.clock import Clock
from ports.privacy import RecordKeeper
from ports.recommendation import Purchases, Recommender
from ports.signatures import Digest, IsSigned, Sign


def keepers_of(
    records: ShopRecords,
    plugins: PluginManager,
    boundaries: Boundaries,
    register: SqlKeeperRegister,
) -> Keepers:
    """Plugins first, since what they keep may lead to rows of the shop; each by itself."""
    brought: tuple[RecordKeeper, ...] = tuple(
        guarded(keeper, boundaries.of(name))
        for name, keeper in plugins.brought("entrepot_record_keepers")
    )
    here: tuple[RecordKeeper, ...] = (
        *brought,
        records,
        Mentions(records.database, records.vault),
        KeptAnswers(records.database, records.vault),
    )
    codes = [each.code for each in here]

    async def absent() -> tuple[str, ...]:
        return await register.absent(codes)

    return Keepers(here, absent)


def notice_of(policy: Policy, keepers: Keepers, digest: Digest, now: Clock) -> Notice:
    return Notice(policy, wording(policy, keepers.inventory(), digest), now)


def noting(
    keepers: Keepers, register: SqlKeeperRegister, now: Clock
) -> Callable[[], Awaitable[None]]:
    """Write down who keeps records, so that nobody who is gone later is forgotten."""

    async def note() -> None:
        plugins = [each for each in keepers.here if isinstance(each, GuardedKeeper)]
        inventories: Mapping[str, Any] = {
            each.code: [
                getattr(field, "place", getattr(field, "code", "")) for field in each.inventory()
            ]
            for each in plugins
        }
        if inventories:
            await register.note(inventories, now())

    return note


def sinks_of(
    database: Database, vault: Vault, recommender: Recommender, purchases: Purchases
) -> Mapping[str, Sink]:
    """What was made of records, and must be made again without the person."""

    async def workers(_subject: Subject) -> None:
        await vault.wait_for_leases()

    async def recommendations(_subject: Subject) -> None:
        await recommender.rebuild(purchases)

    async def database_file(_subject: Subject) -> None:
        if database.is_sqlite:
            await wipe(database)

    return {
        "workers' keys": workers,
        "recommendations": recommendations,
        "database file": database_file,
    }


def signing_of(vault: Vault) -> Sign:
    return lambda document: signature_of(vault.keyring.signer, document)


def checking_of(vault: Vault) -> IsSigned:
    return lambda document, signature: holds(vault.keyring.signer.public_key(), document, signature)
