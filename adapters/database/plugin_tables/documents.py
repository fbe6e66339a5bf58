"""Conversion between tables of a plugin and their documents in the catalogue.

Both installed and removed plugins are exported and erased by tables that are made from the
documents, so there is one way.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, MetaData, Table

from adapters.database.columns import CLASSIFICATION
from adapters.database.plugin_tables.declaration import INDEX_OF, OWNER, SINCE, Owner
from adapters.database.plugin_tables.rules import classification_of, new_type, type_code
from core.domain.privacy.inventory import Category, NotPersonal, OnErase, Pii

Document = dict[str, Any]


def documents_of(metadata: MetaData) -> list[Document]:
    """The tables in the order of creation: a table comes after those that it points to."""
    return [
        {"name": str(table.name), "columns": [_column_to(each) for each in table.columns]}
        for table in metadata.sorted_tables
    ]


def tables_from(documents: list[Document]) -> MetaData:
    """Tables with the columns, types and classifications of the documents."""
    metadata = MetaData()
    for document in documents:
        Table(document["name"], metadata, *map(_column_from, document["columns"]))
    return metadata


def _column_to(column: Column[Any]) -> Document:
    classification = classification_of(column)
    return {
        "name": str(column.name),
        "type": type_code(column),
        "primary_key": column.primary_key,
        "nullable": bool(column.nullable),
        "classification": _classification_to(classification),
        OWNER: str(column.info.get(OWNER, "")),
        INDEX_OF: column.info.get(INDEX_OF, ""),
        SINCE: bool(column.info.get(SINCE)),
    }


def _column_from(document: Document) -> Column[Any]:
    info: dict[str, Any] = {CLASSIFICATION: _classification_from(document["classification"])}
    if document[OWNER]:
        info[OWNER] = Owner(document[OWNER])
    if document[INDEX_OF]:
        info[INDEX_OF] = document[INDEX_OF]
    if document[SINCE]:
        info[SINCE] = True
    return Column(
        document["name"],
        new_type(document["type"]),
        primary_key=document["primary_key"],
        nullable=document["nullable"],
        info=info,
    )


def _classification_to(classification: Pii | NotPersonal) -> Document:
    if isinstance(classification, NotPersonal):
        return {"not_personal": classification.reason}
    return {
        "category": str(classification.category),
        "purpose": classification.purpose,
        "on_erase": str(classification.on_erase),
        "export": classification.export,
        "sensitive": classification.sensitive,
        "encrypted": classification.encrypted,
        "reason": classification.reason,
    }


def _classification_from(document: Mapping[str, Any]) -> Pii | NotPersonal:
    if "not_personal" in document:
        return NotPersonal(document["not_personal"])
    return Pii(
        category=Category(document["category"]),
        purpose=document["purpose"],
        on_erase=OnErase(document["on_erase"]),
        export=document["export"],
        sensitive=document["sensitive"],
        encrypted=document["encrypted"],
        reason=document["reason"],
    )
