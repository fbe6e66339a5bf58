"""Tables that break a rule are refused, in one line that names the place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text, Uuid

from adapters.database.plugin_tables.documents import documents_of, tables_from
from adapters.database.plugin_tables.rules import TablesRefused, check_tables
from entrepot.tables import (
    Category,
    OnErase,
    PluginTables,
    blind_index,
    encrypted,
    identifier,
    new_metadata,
    not_personal,
    of_customer,
    of_order,
    personal,
    recorded_at,
)
from tests.diary import metadata

PURPOSES = {"account", "order"}
NUMBER = not_personal("a number")
LIKING = personal(Category.PREFERENCE, "account", OnErase.CLEAR)


class _Own(sa.types.TypeDecorator[str]):
    impl = Text
    cache_ok = True


def table(*columns: Any, name: str = "plugin_diary_x", **options: Any) -> Callable[[], sa.MetaData]:
    def build() -> sa.MetaData:
        made = new_metadata()
        keys = [] if any(each.primary_key for each in columns) else [identifier(what="a row")]
        Table(name, made, *keys, *columns, **options)
        return made

    return build


def column(kind: Any = Text, **options: Any) -> Callable[[], sa.MetaData]:
    return table(Column("value", kind, **{"info": NUMBER, **options}))


def foreign(target: str, **options: Any) -> Callable[[], sa.MetaData]:
    def build() -> sa.MetaData:
        made = table(name="plugin_diary_parents")()
        key = Column("parent", Uuid, ForeignKey(target, **options), info=NUMBER)
        Table("plugin_diary_x", made, identifier(what="a row"), key)
        return made

    return build


WAYS: dict[str, tuple[Callable[[], sa.MetaData], str]] = {
    "no tables": (new_metadata, "1 to 50 tables"),
    "another prefix": (table(name="plugin_other_x"), "begins “plugin_diary_”"),
    "capitals": (table(name="plugin_diary_X"), "lower-case letters"),
    "version table": (table(name="plugin_diary_version"), "is for the shop"),
    "taken name": (table(name="plugin_diary_taken"), "a table of the plugin “diary_taken”"),
    "schema": (table(schema="other"), "without a schema"),
    "no key": (
        lambda: Table("plugin_diary_x", new_metadata(), Column("a", Text, info=NUMBER)).metadata,
        "needs a primary key",
    ),
    "foreign key out": (foreign("orders.id"), "foreign key to “orders”"),
    "foreign key that stops": (foreign("plugin_diary_parents.id"), 'ondelete="CASCADE"'),
    "no classification": (column(info={}), "does not say what it holds"),
    "own type": (column(_Own), "has the type _Own"),
    "decimal": (column(sa.Numeric), "has the type Numeric"),
    "computed default": (column(default=lambda: "x"), "a default that is computed"),
    "computed": (table(Column("value", Integer, sa.Computed("1"), info=NUMBER)), "is computed"),
    "data key": (table(Column("data_key_id", Uuid, info=NUMBER)), "needs another name"),
    "version of text": (table(Column("version", Text, info=NUMBER)), "is no Integer"),
    "another key": (column(key="other"), "needs a name"),
    "no owner": (column(info=LIKING), "does not say whose"),
    "unknown purpose": (
        table(
            of_customer(),
            Column("v", Text, info=personal(Category.PREFERENCE, "fun", OnErase.DELETE)),
        ),
        "unknown purpose “fun”",
    ),
    "plain contact": (
        table(
            of_customer(),
            Column("v", Text, info=personal(Category.CONTACT, "account", OnErase.DELETE)),
        ),
        "declare it with encrypted",
    ),
    "encrypted text": (
        table(
            of_customer(),
            Column(
                "v",
                Text,
                info=personal(Category.CONTACT, "account", OnErase.DELETE, encrypted=True),
            ),
        ),
        "no LargeBinary",
    ),
    "encrypted without id": (
        table(
            Column("code", Text, primary_key=True, info=NUMBER),
            of_customer(),
            encrypted("v", Category.CONTACT, "account", OnErase.DELETE),
        ),
        "needs identifier",
    ),
    "cleared and not nullable": (
        table(of_customer(), Column("v", Text, nullable=False, info=LIKING)),
        "must be nullable",
    ),
    "kept person": (table(of_customer(OnErase.CLEAR)), "keeps rows after an erasure"),
    "kept rows of a nullable order": (
        table(of_order(), Column("v", Text, info=LIKING)),
        "keeps rows after an erasure",
    ),
    "index of nothing": (table(of_customer(), blind_index("v")), "no encrypted column"),
    "owner of another type": (
        table(Column("who", Text, info={**NUMBER, "owner": "customer"})),
        "is no owner column",
    ),
}


@pytest.mark.parametrize("name", sorted(WAYS))
def test_tables_that_break_a_rule_are_refused(name: str, tmp_path: Path) -> None:
    build, reason = WAYS[name]
    (tmp_path / "0001.py").touch()
    with pytest.raises(TablesRefused) as refused:
        check(build(), tmp_path)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def check(tables: sa.MetaData, folder: Path) -> None:
    taken = {"plugin_diary_taken": "diary_taken"}
    check_tables("diary", PluginTables(tables, folder), purposes=PURPOSES, taken=taken)


def test_tables_without_migrations_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TablesRefused, match="no migrations"):
        check(metadata, tmp_path)


def test_tables_that_keep_the_rules_come_out_of_the_catalogue_as_they_went_in(
    tmp_path: Path,
) -> None:
    (tmp_path / "0001.py").touch()
    check(metadata, tmp_path)
    columns = of_customer(OnErase.CLEAR), recorded_at(), Column("b", LargeBinary, info=NUMBER)
    kept = table(*columns)()
    check(kept, tmp_path)
    for each in (metadata, kept):
        documents = documents_of(each)
        assert documents_of(tables_from(documents)) == documents
