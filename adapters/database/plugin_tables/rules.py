"""The rules for tables of plugins. A plugin that breaks one is refused, in one line."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from adapters.database.columns import CLASSIFICATION, Json, Utc
from adapters.database.metadata import metadata as shop_metadata
from adapters.database.plugin_tables.declaration import (
    INDEX_OF,
    OWNER,
    SINCE,
    Owner,
    PluginTables,
    prefix_of,
)
from core.domain.privacy.inventory import Category, NotPersonal, OnErase, Pii

TYPES: Mapping[str, type[Any]] = {
    "boolean": Boolean,
    "integer": Integer,
    "small_integer": SmallInteger,
    "big_integer": BigInteger,
    "float": Float,
    "text": Text,
    "string": String,
    "uuid": Uuid,
    "binary": LargeBinary,
    "date": Date,
    "utc": Utc,
    "json": JSON,
}
"""The types that both databases have. A subclass could run code of the plugin in a transaction."""

ENCRYPTED = frozenset({Category.CONTACT, Category.ADDRESS, Category.CREDENTIAL, Category.FREE_TEXT})
"""Categories that no column of a plugin has in plain text."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,54}")
"""PostgreSQL has 63 characters, and names of indexes are longer than those of columns."""

MAX_TABLES = 50
MAX_COLUMNS = 100


class TablesRefused(Exception):
    """Tables that the shop does not accept. The message has one line and names the place."""


def check_tables(
    plugin: str,
    tables: PluginTables,
    *,
    purposes: Collection[str],
    taken: Mapping[str, str],
) -> None:
    """Check the tables of a plugin by all rules.

    ``purposes`` are those of the privacy policy. ``taken`` has the owner of each table name that
    another plugin has.

    Raises:
        TablesRefused: with what is wrong, and what to do.
    """
    for problem in _problems(plugin, tables, purposes, taken):
        raise TablesRefused(problem)


def type_code(column: Column[Any]) -> str:
    """The code of the column's type in `TYPES`; empty if it is not one of them."""
    kind = type(column.type)
    variants = [type(each) for each in column.type._variant_mapping.values()]  # noqa: SLF001
    allowed = [JSONB] if kind is JSON else []
    return next((code for code, each in TYPES.items() if each is kind and variants == allowed), "")


def new_type(code: str) -> Any:
    """A type of `TYPES` for a table that is made from the catalogue."""
    return Json if code == "json" else TYPES[code]()


def classification_of(column: Column[Any]) -> Pii | NotPersonal:
    classification: Pii | NotPersonal = column.info[CLASSIFICATION]
    return classification


def _problems(
    plugin: str, tables: PluginTables, purposes: Collection[str], taken: Mapping[str, str]
) -> Iterator[str]:
    if type(tables.metadata) is not MetaData:
        yield "the metadata is no MetaData of SQLAlchemy"
    if not any(Path(tables.folder).glob("*.py")):
        yield f"there are no migrations in “{tables.folder}”: put Alembic revisions there"
    if not 0 < len(tables.metadata.tables) <= MAX_TABLES:
        yield f"a plugin has 1 to {MAX_TABLES} tables, and this one {len(tables.metadata.tables)}"
    for table in tables.metadata.tables.values():
        yield from _problems_of_name(plugin, table, taken)
        yield from _problems_of_table(table)
        for column in table.columns:
            place = f"{table.name}.{column.name}"
            for problem in _problems_of_column(column, purposes):
                yield f"{place} {problem}"


def _problems_of_name(plugin: str, table: Table, taken: Mapping[str, str]) -> Iterator[str]:
    prefix = prefix_of(plugin)
    if type(table) is not Table or table.schema is not None:
        yield f"{table.name} is no plain Table without a schema"
    if not table.name.startswith(prefix) or not NAME.fullmatch(table.name):
        yield f"the table “{table.name}” needs a name of lower-case letters that begins “{prefix}”"
    if table.name.endswith("_version"):
        yield f"the table “{table.name}” needs another name: “_version” is for the shop"
    if table.name in shop_metadata.tables:
        yield f"the table “{table.name}” is a table of the shop"
    if table.name in taken:
        yield f"the table “{table.name}” is a table of the plugin “{taken[table.name]}”"


def _problems_of_table(table: Table) -> Iterator[str]:
    columns = list(table.columns)
    if not 0 < len(columns) <= MAX_COLUMNS:
        yield f"{table.name} has {len(columns)} columns and may have {MAX_COLUMNS}"
    if not table.primary_key.columns:
        yield f"{table.name} needs a primary key: add identifier(what=…)"
    for key in table.foreign_keys:
        target = key.target_fullname.rpartition(".")[0]
        if target not in table.metadata.tables:
            yield (
                f"{table.name}.{key.parent.name} has a foreign key to “{target}”, which is no "
                "table of the plugin: keep the number without a foreign key"
            )
        elif (key.ondelete or "").upper() not in {"CASCADE", "SET NULL"}:
            yield (
                f"{table.name}.{key.parent.name} would stop an erasure: "
                'give its foreign key ondelete="CASCADE" or "SET NULL"'
            )
    if any(CLASSIFICATION not in each.info for each in columns):
        return
    personal = [each for each in columns if isinstance(classification_of(each), Pii)]
    owners = [each for each in columns if OWNER in each.info]
    if personal and not owners:
        yield (
            f"{table.name} has personal data and does not say whose: "
            "add of_customer() or of_order()"
        )
    if any(is_encrypted(each) for each in personal) and not _has_id(table):
        yield f"{table.name} has encrypted columns and needs identifier(what=…)"
    if personal and not _has_end(table, personal, owners):
        yield (
            f"{table.name} keeps rows after an erasure: make its of_order() not nullable, "
            "or add recorded_at()"
        )


def is_encrypted(column: Column[Any]) -> bool:
    classification = column.info[CLASSIFICATION]
    return isinstance(classification, Pii) and classification.encrypted


def _has_id(table: Table) -> bool:
    keys = list(table.primary_key.columns)
    return [each.name for each in keys] == ["id"] and type(keys[0].type) is Uuid


def _has_end(table: Table, personal: list[Column[Any]], owners: list[Column[Any]]) -> bool:
    """Whether rows are deleted, or it is known when their retention begins."""
    if any(_on_erase(each) is OnErase.DELETE for each in personal):
        return True
    orders = [each for each in owners if each.info[OWNER] is Owner.ORDER and not each.nullable]
    return bool(orders) or any(each.info.get(SINCE) for each in table.columns)


def _on_erase(column: Column[Any]) -> OnErase | None:
    classification = column.info[CLASSIFICATION]
    return classification.on_erase if isinstance(classification, Pii) else None


def _problems_of_column(column: Column[Any], purposes: Collection[str]) -> Iterator[str]:
    classification = column.info.get(CLASSIFICATION)
    if type(classification) not in {Pii, NotPersonal}:
        yield "does not say what it holds: give it info=personal(…) or info=not_personal(…)"
        return
    if not NAME.fullmatch(column.name) or column.key != column.name:
        yield "needs a name of lower-case letters, digits and underscores"
    if not type_code(column):
        yield (
            f"has the type {type(column.type).__name__}, which is none of "
            f"{', '.join(sorted(each.__name__ for each in TYPES.values()))}"
        )
    for default in (column.default, column.onupdate):
        if default is not None and not default.is_scalar:
            yield "has a default that is computed: compute it before the statement"
    if column.computed is not None or column.identity is not None:
        yield "is computed by the database: use a plain column"
    if column.name == "data_key_id":
        yield "needs another name: the shop keeps the data key in the encrypted value"
    if column.name == "version" and type(column.type) is not Integer:
        yield "is no Integer: an erasure increases a column called version"
    if isinstance(classification, Pii):
        yield from _problems_of_personal(column, classification, purposes)
    yield from _problems_of_owner(column)


def _problems_of_personal(
    column: Column[Any], classification: Pii, purposes: Collection[str]
) -> Iterator[str]:
    if classification.purpose not in purposes:
        yield (
            f"has the unknown purpose “{classification.purpose}”: "
            f"choose one of {', '.join(sorted(purposes))}"
        )
    if classification.category in ENCRYPTED and not classification.encrypted:
        yield f"is of the category {classification.category}: declare it with encrypted(…)"
    if classification.encrypted and type(column.type) is not LargeBinary:
        yield "is encrypted and no LargeBinary: declare it with encrypted(…)"
    if classification.on_erase is OnErase.CLEAR and not column.nullable:
        yield "is cleared by an erasure and must be nullable"
    if classification.on_erase is OnErase.KEEP and column.info.get(OWNER):
        yield "leads to a person and is kept: delete the row or clear the column"


def _problems_of_owner(column: Column[Any]) -> Iterator[str]:
    owner, index_of = column.info.get(OWNER), column.info.get(INDEX_OF)
    if owner is not None and (type(owner) is not Owner or type(column.type) is not Uuid):
        yield "is no owner column: declare it with of_customer() or of_order()"
    if index_of is None:
        return
    of = column.table.columns.get(index_of)
    if of is None or CLASSIFICATION not in of.info or not is_encrypted(of):
        yield f"is the blind index of “{index_of}”, which is no encrypted column of its table"
