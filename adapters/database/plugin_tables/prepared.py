"""A statement of a plugin that was checked, with what the shop needs to run it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, CompoundSelect, Insert, MetaData, Select, Table, Update
from sqlalchemy.sql.elements import BindParameter

from adapters.database.plugin_tables.owners import owner_columns
from adapters.database.plugin_tables.personal_values import (
    encrypted_columns,
    index_columns,
    with_indexes,
    without_encrypted,
)
from adapters.database.plugin_tables.statement_rules import check_statement, check_value
from ports.encryption import BlindIndexes
from ports.plugin_shop.tables import MAX_ROWS, Parameters, StatementRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """``decrypted`` are the encrypted columns that a select returns.

    ``rows`` are the rows of an insert into a table with owners, or the values of an update of
    encrypted columns: the shop completes them.
    """

    statement: Any
    decrypted: Sequence[Column[Any]] = ()
    rows: Sequence[Mapping[str, Any]] = ()
    parameters: Parameters = None

    @property
    def only_reads(self) -> bool:
        return isinstance(self.statement, Select | CompoundSelect)


def prepare(
    statement: Any, parameters: Parameters, own: MetaData, indexes: BlindIndexes
) -> Prepared:
    """Check a statement. It can take long for a large one, so it runs in the plugin's thread.

    Raises:
        StatementRefused: the statement is not allowed.
    """
    checked, decrypted = without_encrypted(statement)
    if isinstance(checked, Insert):
        return _insert(checked, parameters, own)
    if isinstance(checked, Update):
        prepared = _update(checked, own)
    else:
        check_statement(checked, own)
        prepared = Prepared(statement=checked)
    if isinstance(checked, Select | CompoundSelect):
        return _select(checked, parameters, decrypted, indexes)
    if parameters:
        raise StatementRefused("parameters are for insert and select: use values(…) of the update")
    return Prepared(statement=with_indexes(prepared.statement, indexes), rows=prepared.rows)


def _select(
    statement: Any, parameters: Parameters, decrypted: Sequence[Column[Any]], indexes: BlindIndexes
) -> Prepared:
    if parameters is not None:
        if not isinstance(parameters, Mapping):
            raise StatementRefused("the parameters of a select are one mapping")
        statement = statement.params(_plain(parameters))
    limited = _limited(with_indexes(statement, indexes))
    if decrypted:
        limited = limited.add_columns(*decrypted)
    return Prepared(statement=limited, decrypted=decrypted)


def _limited(statement: Any) -> Any:
    """With a limit one row above the maximum, to notice a result that is too large."""
    limit = statement._limit_clause  # noqa: SLF001
    if statement._fetch_clause is not None:  # noqa: SLF001
        raise StatementRefused("fetch differs between databases: use limit")
    if limit is None:
        return statement.limit(MAX_ROWS + 1)
    value = limit.effective_value if isinstance(limit, BindParameter) else None
    if type(value) is not int or value > MAX_ROWS:
        raise StatementRefused(f"the limit is no number up to {MAX_ROWS}")
    return statement


def _insert(statement: Insert, parameters: Parameters, own: MetaData) -> Prepared:
    check_statement(statement, own)
    table = statement.table
    assert isinstance(table, Table)
    if parameters is not None and not isinstance(parameters, Mapping):
        _check_count(parameters)
        if not parameters:
            raise StatementRefused("there are no rows: send no statement")
    if parameters is not None and statement._multi_values:  # noqa: SLF001
        raise StatementRefused("rows are in values(…) or in the parameters, and not in both")
    if not owner_columns(table):
        return Prepared(statement=statement, parameters=_copied(parameters))
    if statement.select is not None or statement._independent_ctes:  # noqa: SLF001
        raise StatementRefused(f"“{table.name}” has owners: insert values, not a select")
    rows = _rows(statement, parameters)
    for row in rows:
        _check_names(table, row)
    bare = table.insert()
    if statement._returning:  # noqa: SLF001
        bare = bare.returning(*statement._returning)  # noqa: SLF001
    return Prepared(statement=bare, rows=rows)


def _copied(parameters: Parameters) -> Parameters:
    if parameters is None or isinstance(parameters, Mapping):
        return None if parameters is None else _plain(parameters)
    return [_plain(each) for each in parameters]


def _rows(statement: Insert, parameters: Parameters) -> Sequence[Mapping[str, Any]]:
    fixed = _plain(statement._values or {})  # noqa: SLF001
    several: list[dict[str, Any]] = [
        _plain(dict(each))
        for group in statement._multi_values  # noqa: SLF001
        for each in group
    ]
    given = [parameters] if isinstance(parameters, Mapping) else list(parameters or several)
    rows = [{**fixed, **_plain(each)} for each in given] or [fixed]
    _check_count(rows)
    return rows


def _update(statement: Update, own: MetaData) -> Prepared:
    """Without the encrypted columns, which the shop writes row by row."""
    table = statement.table
    values = {_name(key): value for key, value in (statement._values or {}).items()}  # noqa: SLF001
    check_statement(statement, own)
    assert isinstance(table, Table)
    fixed = {"id", *(each.name for each in owner_columns(table))} if owner_columns(table) else set()
    for name in values:
        if name in fixed:
            raise StatementRefused(f"“{name}” says whose row it is: delete the row and insert it")
    _check_indexes(table, values)
    if not {each.name for each in encrypted_columns(table)} & set(values):
        return Prepared(statement=statement)
    if statement._returning or statement._independent_ctes:  # noqa: SLF001
        raise StatementRefused("an update of encrypted columns returns no rows")
    bare = table.update().where(*statement._where_criteria)  # noqa: SLF001
    return Prepared(statement=bare, rows=[_plain(values)])


def _check_names(table: Table, row: Mapping[str, Any]) -> None:
    _check_indexes(table, row)
    for name in row:
        if name not in table.columns:
            raise StatementRefused(f"“{table.name}” has no column “{name}”")


def _check_indexes(table: Table, values: Mapping[str, Any]) -> None:
    for column in index_columns(table):
        if column.name in values:
            raise StatementRefused(f"“{column.name}” is computed: set “{column.name[:-6]}”")


def _check_count(rows: Sequence[Any]) -> None:
    if len(rows) > MAX_ROWS:
        raise StatementRefused(f"it has more than {MAX_ROWS} rows: send less at once")


def _plain(values: Mapping[Any, Any]) -> dict[str, Any]:
    """Values by column name. Raises `StatementRefused` for an expression."""
    plain = {}
    for key, value in values.items():
        if isinstance(value, BindParameter):
            value = value.effective_value  # noqa: PLW2901
        if hasattr(value, "compile"):
            raise StatementRefused(f"the value of “{_name(key)}” is an expression: send a value")
        check_value(value)
        plain[_name(key)] = value
    return plain


def _name(key: Any) -> str:
    return key if isinstance(key, str) else str(key.name)
