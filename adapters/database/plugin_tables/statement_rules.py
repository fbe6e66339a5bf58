"""The rules for statements of plugins: SQLAlchemy Core on the tables of the plugin, and no text.

The check compiles the statement with a compiler that knows a list of constructs and refuses
every other. So it sees what would be sent, wherever it is in the statement.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Double,
    Interval,
    MetaData,
    Numeric,
    Table,
    TupleType,
    Unicode,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.sql import CompoundSelect, Delete, Insert, Select, Update
from sqlalchemy.sql.compiler import IdentifierPreparer
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import NullType

from adapters.database.metadata import metadata as shop_metadata
from adapters.database.plugin_tables.rules import TYPES, is_encrypted
from ports.plugin_shop.tables import StatementRefused

STATEMENTS = (Select, CompoundSelect, Insert, Update, Delete)
MAX_ELEMENTS = 5_000
VALUES = frozenset({bool, int, float, str, bytes, datetime, date, type(None)})
LITERALS = frozenset({"*", "'%'"})
"""Text of SQLAlchemy's own: of ``count(*)`` and ``EXISTS (SELECT * …)``, and of ``startswith``."""

FUNCTIONS = frozenset(
    {"abs", "avg", "coalesce", "count", "length", "lower", "max", "min", "nullif", "round", "sum"}
    | {"upper", "row_number", "rank"}
)
"""No function that waits, reads a file or loads code, on either database."""

CONSTRUCTS = frozenset(
    {"alias", "between_op_binary", "binary", "bindparam", "case", "cast", "clauselist", "column"}
    | {"compound_select", "contains_op_binary", "count_func", "cte", "delete", "element_list"}
    | {"empty_set_expr", "empty_set_op_expr", "endswith_op_binary", "expression_clauselist"}
    | {"extract", "false", "floordiv_binary", "function", "funcfilter", "grouping"}
    | {"icontains_op_binary", "iendswith_op_binary", "ilike_case_insensitive_operand"}
    | {"ilike_op_binary", "insert", "is_distinct_from_binary", "is_false_unary_operator"}
    | {"is_not_distinct_from_binary", "is_true_unary_operator", "istartswith_op_binary", "join"}
    | {"json_getitem_op_binary", "json_path_getitem_op_binary", "label", "label_reference"}
    | {"like_op_binary", "mod_binary", "not_between_op_binary", "not_contains_op_binary"}
    | {"not_endswith_op_binary", "not_ilike_op_binary", "not_in_op_binary"}
    | {"not_like_op_binary", "not_startswith_op_binary", "null", "order_by_list", "over"}
    | {"select", "select_statement_grouping", "startswith_op_binary", "subquery", "table"}
    | {
        "textual_label_reference",
        "true",
        "truediv_binary",
        "tuple",
        "type_coerce",
        "typeclause",
        "unary",
        "update",
    }
)
"""Names of the compiler's methods, without their prefix, that a statement may need."""

METHODS = "visit_"

VALUE_TYPES = frozenset(
    {*TYPES.values(), DateTime, Double, Interval, NullType, Numeric, TupleType, Unicode}
    | {JSON.JSONElementType, JSON.JSONIndexType, JSON.JSONIntIndexType, JSON.JSONPathType}
    | {JSON.JSONStrIndexType}
)
"""The types of the columns of plugins, and those that SQLAlchemy finds for a value."""


def check_statement(statement: Any, own: MetaData) -> None:
    """Refuse a statement that is no plain SQLAlchemy Core, or names a table that is not in ``own``.

    Encrypted columns are refused everywhere: `personal_values` takes out those that it handles.

    Raises:
        StatementRefused: with what is not allowed.
    """
    if type(statement) not in STATEMENTS:
        raise StatementRefused(
            f"a {type(statement).__name__} is no statement: "
            "use select, insert, update or delete of SQLAlchemy Core"
        )
    if statement.get_execution_options():
        raise StatementRefused("execution options are not for plugins")
    for number, each in enumerate(iterate(statement)):
        if number >= MAX_ELEMENTS:
            raise StatementRefused(f"it has more than {MAX_ELEMENTS} elements: send less at once")
        if not type(each).__module__.startswith("sqlalchemy."):
            raise StatementRefused(f"{type(each).__name__} is no construct of SQLAlchemy")
        if isinstance(each, Table):
            check_table(each, own)
    try:
        statement.compile(dialect=_dialect_of(own))
    except (SQLAlchemyError, RecursionError, NotImplementedError) as error:
        raise StatementRefused(f"it cannot be compiled: {type(error).__name__}") from error


def check_table(table: Any, own: MetaData) -> None:
    """Only the declared object counts: another one of its name could hide encrypted columns.

    A plugin can add a table to its metadata after the check at the start.
    """
    name = table.name
    if own.tables.get(name) is not table or name in shop_metadata.tables:
        raise StatementRefused(f"“{name}” is no table of this plugin")


class _Names(IdentifierPreparer):
    """A name with ``quote=False`` would be text of the statement."""

    def quote(self, ident: str, force: Any = None) -> str:
        if getattr(ident, "quote", None) is False or force is False:
            raise StatementRefused("a name is not quoted")
        return super().quote(ident)


def _check_column(column: Any, own: MetaData) -> None:  # noqa: ARG001 -- as the others
    if (column.is_literal or column.table is None) and column.name not in LITERALS:
        raise StatementRefused("text is not allowed: a column without a table")
    for base in column.base_columns:
        if isinstance(base, Column) and base.info and is_encrypted(base):
            raise StatementRefused(
                f"“{base.name}” is encrypted: select it directly, and find rows by its blind index"
            )


def _check_function(function: Any, own: MetaData) -> None:  # noqa: ARG001
    if function.name.lower() not in FUNCTIONS or getattr(function, "packagenames", None):
        raise StatementRefused(
            f"the function “{function.name}” is none of {', '.join(sorted(FUNCTIONS))}"
        )


def _check_select(statement: Any, own: MetaData) -> None:  # noqa: ARG001
    texts = (statement._prefixes, statement._suffixes)  # noqa: SLF001
    if any(texts) or statement._hints or statement._statement_hints:  # noqa: SLF001
        raise StatementRefused("text is not allowed: a prefix, suffix or hint")
    if statement._distinct_on:  # noqa: SLF001
        # The compiler of the check leaves it out, and PostgreSQL would run what it has.
        raise StatementRefused("DISTINCT ON differs between databases: use group_by")


def _check_cte(cte: Any, own: MetaData) -> None:  # noqa: ARG001
    """A text for another database than that of the check would not be seen."""
    if cte._prefixes or cte._suffixes:  # noqa: SLF001
        raise StatementRefused("text is not allowed: a prefix or suffix")


def _check_change(statement: Any, own: MetaData) -> None:
    check_table(statement.table, own)
    if statement._prefixes or statement._hints:  # noqa: SLF001
        raise StatementRefused("text is not allowed: a prefix or hint")
    if getattr(statement, "_post_values_clause", None) is not None:
        raise StatementRefused("ON CONFLICT differs between databases: handle `Conflict`")


def _check_cast(clause: Any, own: MetaData) -> None:  # noqa: ARG001
    if type(clause.type) not in TYPES.values():
        raise StatementRefused(f"a cast to {type(clause.type).__name__} is not for plugins")
    _check_type(clause.type)


def _check_coerced(coerced: Any, own: MetaData) -> None:  # noqa: ARG001
    _check_type(coerced.type)


def _check_parameter(parameter: Any, own: MetaData) -> None:  # noqa: ARG001
    _check_type(parameter.type)
    if parameter.callable is not None:
        raise StatementRefused("the value of a parameter is computed: send the value")
    check_value(parameter.value)


CHECKS: dict[str, Callable[[Any, MetaData], None]] = {
    "table": check_table,
    "column": _check_column,
    "function": _check_function,
    "select": _check_select,
    "cte": _check_cte,
    "insert": _check_change,
    "update": _check_change,
    "delete": _check_change,
    "typeclause": _check_cast,
    "type_coerce": _check_coerced,
    "bindparam": _check_parameter,
}
"""What is checked of a construct before the compiler renders it."""


def check_value(value: Any) -> None:
    """Only plain values cross: another one could run code of the plugin in the transaction.

    Raises:
        StatementRefused: names the type.
    """
    if isinstance(value, UUID) or type(value) in VALUES:
        return
    if type(value) in {list, tuple, frozenset, set}:
        for each in value:
            check_value(each)
    elif type(value) is dict:
        for name, each in value.items():
            check_value(name)
            check_value(each)
    else:
        raise StatementRefused(f"a value is a {type(value).__name__}")


def _check_type(kind: Any) -> None:
    """PostgreSQL gets the types of casts and parameters as text.

    A type of a plugin could also run its code in the transaction.
    """
    if type(kind) not in VALUE_TYPES:
        raise StatementRefused(f"the type {type(kind).__name__} is not for plugins")
    for each in kind._variant_mapping.values():  # noqa: SLF001
        if type(kind) is not JSON or type(each) is not JSONB:
            raise StatementRefused(f"the type {type(kind).__name__} has a variant")
    for each in kind.types if isinstance(kind, TupleType) else ():
        _check_type(each)
    if getattr(kind, "collation", None):
        raise StatementRefused("a collation is not for plugins")
    for name in ("length", "precision", "scale"):
        size = getattr(kind, name, None)
        if size is not None and type(size) is not int:
            raise StatementRefused(f"the {name} of a type is no number")


def _methods(own: MetaData) -> dict[str, Any]:
    """Methods of a compiler: the construct is checked, or refused, or it has no rule."""
    methods: dict[str, Any] = {}
    for method in dir(SQLiteCompiler):
        name = method.removeprefix(METHODS)
        if name == method:
            continue
        if name in CHECKS:
            methods[method] = _checking(CHECKS[name], getattr(SQLiteCompiler, method), own)
        elif name not in CONSTRUCTS:
            methods[method] = _refusing(name)
    return methods


def _checking(check: Callable[[Any, MetaData], None], render: Any, own: MetaData) -> Any:
    def checked(compiler: Any, element: Any, *arguments: Any, **options: Any) -> Any:
        check(element, own)
        return render(compiler, element, *arguments, **options)

    return checked


def _refusing(name: str) -> Any:
    def refuse(*_arguments: Any, **_options: Any) -> Any:
        raise StatementRefused(f"the construct “{name}” is not for plugins")

    return refuse


@lru_cache
def _dialect_of(own: MetaData) -> SQLiteDialect_pysqlite:
    dialect: Any = SQLiteDialect_pysqlite()
    dialect.statement_compiler = type("_Checker", (SQLiteCompiler,), _methods(own))
    dialect.preparer = _Names
    dialect.identifier_preparer = _Names(dialect)
    checked: SQLiteDialect_pysqlite = dialect
    return checked
