"""The blind indexes in tables of plugins, for their rotation."""

from collections.abc import Iterable

from sqlalchemy import MetaData

from adapters.database.keys.index_rotation import IndexedColumn
from adapters.database.plugin_tables.declaration import INDEX_OF
from adapters.database.plugin_tables.personal_values import index_columns, place_of


def indexed_columns(catalogue: Iterable[MetaData]) -> list[IndexedColumn]:
    return [
        IndexedColumn(column, of, place_of(of))
        for metadata in catalogue
        for table in metadata.tables.values()
        for column in index_columns(table)
        for of in [table.columns[column.info[INDEX_OF]]]
    ]
