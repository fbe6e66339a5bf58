"""A statement of a plugin names its own tables alone, in every place of the statement."""

import warnings
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, exists, func, insert, select, union_all, update
from sqlalchemy.sql import quoted_name

from adapters.database.plugin_tables import statement_rules
from adapters.database.plugin_tables.statement_rules import check_statement
from adapters.database.tables.customers import customers
from adapters.database.tables.orders import orders
from ports.plugin_shop.tables import StatementRefused
from tests.diary import metadata, notes, seats

TWIN = sa.Table("plugin_diary_notes", sa.MetaData(), sa.Column("id", sa.Uuid, primary_key=True))
"""The name of an own table, and not the declared object."""

OWN = [select(seats.c.taken), select(notes.c.stars)]
FOREIGN = [select(customers.c.version), select(orders.c.version), select(TWIN.c.id)]

# Each puts a select of one column into another statement.
PLACES: dict[str, Callable[[Any], Any]] = {
    "subquery": lambda inner: select(inner.subquery()),
    "scalar": lambda inner: select(inner.limit(1).scalar_subquery().label("x")),
    "cte": lambda inner: select(inner.cte()),
    "unused cte": lambda inner: select(seats.c.code).add_cte(inner.cte()),
    "in": lambda inner: select(seats.c.code).where(seats.c.taken.in_(inner)),
    "exists": lambda inner: select(exists(inner).label("x")),
    "union": lambda inner: select(union_all(select(seats.c.taken), inner).subquery()),
    "join": lambda inner: select(seats.c.taken).join(inner.subquery(), sa.true()),
    "case": lambda inner: select(sa.case((exists(inner), 1), else_=2).label("x")),
    "order": lambda inner: select(seats.c.taken).order_by(inner.limit(1).scalar_subquery()),
    "group": lambda inner: select(func.max(seats.c.taken).filter(exists(inner)).label("x")),
}
WHOLE: dict[str, Callable[[Any], Any]] = {
    "select": lambda inner: inner,
    "compound": lambda inner: union_all(inner, inner),
    "insert": lambda inner: insert(seats).from_select(["code"], inner),
    "insert value": lambda inner: insert(seats).values(
        code="a", taken=inner.limit(1).scalar_subquery()
    ),
    "update": lambda inner: update(seats).values(taken=inner.limit(1).scalar_subquery()),
    "update where": lambda inner: update(seats).values(taken=1).where(exists(inner)),
    "delete": lambda inner: delete(seats).where(seats.c.taken.in_(inner)),
    "returning": lambda inner: delete(seats).returning(inner.limit(1).scalar_subquery()),
}


def nested(inner: Any, places: list[str], whole: str) -> Any:
    for place in places:
        inner = PLACES[place](inner)
    return WHOLE[whole](inner)


shapes = st.tuples(
    st.lists(st.sampled_from(sorted(PLACES)), max_size=4), st.sampled_from(sorted(WHOLE))
)


@settings(max_examples=60, deadline=None)
@given(own=st.sampled_from(OWN), foreign=st.sampled_from(FOREIGN), shape=shapes)
def test_a_foreign_table_is_refused_at_any_depth(
    own: Any, foreign: Any, shape: tuple[list[str], str]
) -> None:
    check_statement(nested(own, *shape), metadata)
    with pytest.raises(StatementRefused, match="no table of this plugin"):
        check_statement(nested(foreign, *shape), metadata)


def test_without_the_check_of_tables_a_foreign_table_is_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def accept(_table: Any, _own: Any) -> None:
        return None

    monkeypatch.setattr(statement_rules, "check_table", accept)
    monkeypatch.setitem(statement_rules.CHECKS, "table", accept)
    own = sa.MetaData()  # the checks of a metadata are made once
    for foreign in FOREIGN:
        check_statement(select(foreign.subquery()), own)


SQL: Any = "1), pg_sleep(60"
"""In the place of a number."""

REFUSED: dict[str, Callable[[], Any]] = {
    "text": lambda: sa.text("SELECT 1"),
    "string": lambda: "SELECT 1",
    "ddl": lambda: sa.schema.DropTable(seats),
    "sleep": lambda: select(func.pg_sleep(60)),
    "file": lambda: select(func.pg_read_file("/etc/passwd")),
    "extension": lambda: select(func.load_extension("evil.so")),
    "package": lambda: select(func.pg_catalog.count()),
    "now": lambda: select(func.now()),
    "sequence": lambda: select(sa.Sequence("x").next_value()),
    "literal column": lambda: select(sa.literal_column("(SELECT 1 FROM orders)")),
    "bare column": lambda: select(sa.column("orders")),
    "bare table": lambda: select(sa.table("orders", sa.column("id")).c.id),
    "text order": lambda: select(seats.c.code).order_by(sa.text("1")),
    "operator": lambda: select(seats.c.taken.op("|| (SELECT 1) ||")(1)),
    "prefix": lambda: select(seats.c.code).prefix_with("DISTINCT"),
    "suffix": lambda: select(seats.c.code).suffix_with("LIMIT 1"),
    "hint": lambda: select(seats.c.code).with_hint(seats, "x", "postgresql"),
    "statement hint": lambda: select(seats.c.code).with_statement_hint("x", "postgresql"),
    "update hint": lambda: update(seats).values(taken=1).with_hint("x"),
    "unquoted name": lambda: select(seats.c.code.label(quoted_name("x FROM orders", quote=False))),
    "options": lambda: select(seats.c.code).execution_options(schema_translate_map={None: "x"}),
    "field": lambda: select(sa.extract("year FROM now())--", seats.c.code)),
    "cast": lambda: select(sa.cast(1, sa.String(collation='x" y'))),
    "collation": lambda: select(seats.c.code.collate('x" y')),
    "values": lambda: select(sa.values(sa.column("x", sa.Integer), name="y").data([(1,)])),
    "lateral": lambda: select(sa.lateral(select(seats.c.code))),
    "encrypted": lambda: select(notes.c.id).where(notes.c.phone == b"x"),
    "encrypted alias": lambda: select(notes.alias().c.phone),
    "encrypted inside": lambda: select(select(notes.c.phone).subquery().c.phone),
    "callable": lambda: select(seats.c.code).where(
        seats.c.taken == sa.bindparam("x", callable_=lambda: 1)
    ),
    "own text": lambda: select(seats.c.code).where(seats.c.code == _Markup("a")),
    # What the compiler of one database leaves out, and the other one sends.
    "distinct on": lambda: select(seats.c.code).distinct(func.pg_sleep(60)),
    "distinct on text": lambda: select(seats.c.code).distinct(sa.text("(SELECT 1 FROM orders)")),
    "cte suffix": lambda: select(
        select(seats.c.code).cte().suffix_with("x", dialect="postgresql").c.code
    ),
    "cte prefix": lambda: select(
        select(seats.c.code).cte().prefix_with("x", dialect="postgresql").c.code
    ),
    "cast variant": lambda: select(
        sa.cast(1, sa.String().with_variant(sa.String(SQL), "postgresql"))
    ),
    "cast precision": lambda: select(sa.cast(1, sa.Float(SQL))),
    "parameter length": lambda: select(seats.c.code).where(
        seats.c.code == sa.bindparam("x", "a", type_=sa.String(SQL))
    ),
    "parameter variant": lambda: select(seats.c.code).where(
        seats.c.code
        == sa.bindparam("x", "a", type_=sa.String().with_variant(_Type(), "postgresql"))
    ),
    "several tables": lambda: delete(seats).where(seats.c.code == seats.alias().c.code),
    "own type": lambda: select(sa.type_coerce(seats.c.code, _Type())),
    "large": lambda: select(seats.c.code).where(
        sa.or_(*(seats.c.taken == n for n in range(5_000)))
    ),
}


class _Markup(str):
    """A value whose methods would run in the transaction."""

    __slots__ = ()


class _Type(sa.types.TypeDecorator[str]):
    impl = sa.Text
    cache_ok = True


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_no_plain_statement_is_refused(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        statement = REFUSED[name]()
    with pytest.raises(StatementRefused):
        check_statement(statement, metadata)


ALLOWED: dict[str, Callable[[], Any]] = {
    "aggregate": lambda: (
        select(seats.c.taken, func.count().label("n")).group_by(seats.c.taken).order_by("n")
    ),
    "window": lambda: select(func.row_number().over(partition_by=seats.c.taken)),
    "coalesce": lambda: select(func.coalesce(func.max(seats.c.taken), 0)),
    "cast": lambda: select(sa.cast(seats.c.taken, sa.Text)),
    "like": lambda: select(seats.c.code.like("a%"), seats.c.code.startswith("b")),
    "between": lambda: select(seats.c.taken.between(1, 2), ~seats.c.taken.in_([1, 2])),
    "null": lambda: select(notes.c.customer_id.is_(None)),
    "lock": lambda: select(seats.c.code).with_for_update(skip_locked=True).limit(5),
    "update": lambda: update(seats).where(seats.c.taken > 3).values(taken=seats.c.taken + 1),
    "insert": lambda: insert(notes).values(id=uuid4(), stars=1).returning(notes.c.id),
}


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_a_plain_statement_is_allowed(name: str) -> None:
    check_statement(ALLOWED[name](), metadata)


def test_a_table_that_is_declared_after_the_start_is_refused() -> None:
    own = sa.MetaData()
    late = sa.Table("customers", own, sa.Column("id", sa.Uuid, primary_key=True, info={}))
    with pytest.raises(StatementRefused, match="no table of this plugin"):
        check_statement(select(late.c.id), own)
