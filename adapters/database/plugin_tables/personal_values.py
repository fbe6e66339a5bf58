"""Personal values in statements of plugins: encrypted on the way in, decrypted on the way out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Select, Table
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter
from sqlalchemy.sql.operators import eq, in_op

from adapters.database.plugin_tables.declaration import INDEX_OF
from adapters.database.plugin_tables.owners import DataKeyOf, data_key_of
from adapters.database.plugin_tables.rules import is_encrypted
from ports.encryption import BlindIndexes, DataKeys
from ports.plugin_shop.tables import StatementRefused

ROW_ID = "entrepot_row_id"
"""Label of the column that a select gets for the decryption."""


def encrypted_columns(table: Table) -> list[Column[Any]]:
    return [each for each in table.columns if is_encrypted(each)]


def index_columns(table: Table) -> list[Column[Any]]:
    return [each for each in table.columns if INDEX_OF in each.info]


def place_of(column: Column[Any]) -> str:
    """The place of a value in its associated data, and the field of its blind index."""
    return f"{column.table.name}.{column.name}"


@dataclass(frozen=True, slots=True)
class RowEncryption:
    """Encrypts the values of written rows. ``owners`` have the data key of each person."""

    keys: DataKeys
    owners: DataKeyOf
    indexes: BlindIndexes

    def encrypted(
        self, table: Table, row: Mapping[str, Any], values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """``values`` for a row with the id and the owners of ``row``, with blind indexes.

        Raises:
            StatementRefused: the row has no ``id``, or names no person.
            LookupError: the data key of the person was destroyed.
        """
        written = dict(values)
        for column in encrypted_columns(table):
            value = written.get(column.name)
            if value is not None:
                data_key_id = data_key_of(table, row, self.owners)
                place, row_id = place_of(column), _row_id(row)
                written[column.name] = self.keys.encrypt(data_key_id, place, row_id, value)
        for column in index_columns(table):
            of = table.columns[column.info[INDEX_OF]]
            if of.name in values:
                value = values[of.name]
                text = "" if value is None else _text(of, value)
                written[column.name] = self.indexes.index(place_of(of), text)
        return written


def with_indexes(statement: Any, indexes: BlindIndexes) -> Any:
    """Compare blind indexes with the keyed hashes of the value, instead of the value itself."""

    def replace(element: Any, **_options: Any) -> Any:
        if not isinstance(element, BinaryExpression) or element.operator not in {eq, in_op}:
            return None
        column = next(iter(element.left.base_columns), None)
        if not isinstance(column, Column) or INDEX_OF not in column.info:
            return None
        if not isinstance(element.right, BindParameter):
            raise StatementRefused(f"“{column.name}” is compared with something that is no value")
        of = column.table.columns[column.info[INDEX_OF]]
        value = element.right.effective_value
        wanted = value if isinstance(value, list | tuple) else [value]
        found = [
            index for each in wanted for index in indexes.indexes(place_of(of), _text(of, each))
        ]
        return element.left.in_(found)

    return visitors.replacement_traverse(statement, {}, replace)


def without_encrypted(statement: Any) -> tuple[Any, list[Column[Any]]]:
    """The select without its encrypted columns, and these columns.

    Only columns that stand directly in the list of a plain select count. All others stay, and
    `check_statement` refuses them.
    """
    if not isinstance(statement, Select):
        return statement, []
    selected = list(statement.selected_columns)
    found = [
        each
        for each in selected
        if isinstance(each, Column) and type(each.table) is Table and is_encrypted(each)
    ]
    is_plain = not statement._distinct and not statement._group_by_clauses  # noqa: SLF001
    if not found or not is_plain:
        return statement, []
    if len({each.table for each in found}) > 1:
        raise StatementRefused("encrypted columns of two tables: select them one after the other")
    rest = [each for each in selected if each not in found]
    row_id = found[0].table.columns["id"].label(ROW_ID)
    return statement.with_only_columns(*rest, row_id, maintain_column_froms=True), found


def decrypt_row(row: Mapping[str, Any], columns: Sequence[Column[Any]], keys: DataKeys) -> Any:
    """A result row as the plugin asked for it. A value whose key was destroyed is None."""
    shown = {name: value for name, value in row.items() if name != ROW_ID}
    for column in columns:
        shown[column.name] = keys.decrypt(place_of(column), row[ROW_ID], row[column.name])
    return shown


def _row_id(row: Mapping[str, Any]) -> UUID:
    row_id = row.get("id")
    if not isinstance(row_id, UUID):
        raise StatementRefused("a row with an encrypted value needs a UUID as its id")
    return row_id


def _text(of: Column[Any], value: Any) -> str:
    if type(value) is not str:
        raise StatementRefused(f"“{of.name}” has a blind index and must be a text")
    return value
