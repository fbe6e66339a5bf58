"""What a plugin declares about its tables: the metadata, the migrations, and each column."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Column, LargeBinary, MetaData, Uuid

from adapters.database.columns import Utc, link, not_personal
from adapters.database.metadata import metadata as shop_metadata
from core.domain.privacy.inventory import OnErase

OWNER = "owner"
"""Key of `Column.info`: the column says whose row it is, a value of `Owner`."""

INDEX_OF = "index_of"
"""Key of `Column.info`: the column is the blind index of the encrypted column of this name."""

SINCE = "since"
"""Key of `Column.info`: the retention of what an erasure keeps begins at this time."""


class Owner(StrEnum):
    """What an owner column names."""

    CUSTOMER = "customer"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class PluginTables:
    """The tables of a plugin, and the folder or package with its Alembic revisions.

    The folder has the revisions alone, without ``env.py``. The names of tables begin with
    ``plugin_`` and the name of the plugin.
    """

    metadata: MetaData
    migrations: Path | ModuleType

    @property
    def folder(self) -> Path:
        if isinstance(self.migrations, ModuleType):
            return Path(self.migrations.__path__[0])
        return self.migrations


def prefix_of(plugin: str) -> str:
    """The prefix of the tables of a plugin."""
    return f"plugin_{plugin}_"


def version_table_of(plugin: str) -> str:
    """The table with the revision of a plugin's tables."""
    return f"{prefix_of(plugin)}version"


def new_metadata() -> MetaData:
    """Metadata with the shop's names of constraints, which migrations on SQLite need."""
    return MetaData(naming_convention=shop_metadata.naming_convention)


def of_customer(
    on_erase: OnErase = OnErase.DELETE,
    *,
    name: str = "customer_id",
    purpose: str = "account",
    **options: Any,
) -> Column[Any]:
    """The member whose row it is, a `Uuid`. ``options`` are those of `Column`.

    A row without a member has None, and can have no encrypted value.
    """
    info = {**link(purpose, on_erase), OWNER: Owner.CUSTOMER}
    return Column(name, Uuid(), info=info, **{"index": True, **options})


def of_order(*, name: str = "order_id", **options: Any) -> Column[Any]:
    """The order whose row it is, of a member or a guest, a `Uuid`.

    It stays after an erasure: the order leads to no person then.
    """
    info = {**not_personal("an order, which leads to no person after an erasure")}
    return Column(name, Uuid(), info={**info, OWNER: Owner.ORDER}, **{"index": True, **options})


def blind_index(
    of: str, *, purpose: str = "account", on_erase: OnErase = OnErase.DELETE, **options: Any
) -> Column[Any]:
    """Finds rows by the encrypted column ``of``. The shop computes it from the written value."""
    info = {**link(purpose, on_erase), INDEX_OF: of}
    return Column(f"{of}_index", LargeBinary, info=info, **{"index": True, **options})


def recorded_at(name: str = "recorded_at") -> Column[Any]:
    """When the row was made. Retention of what an erasure keeps begins here."""
    info = {**not_personal("when a row was made"), SINCE: True}
    return Column(name, Utc, nullable=False, info=info)
