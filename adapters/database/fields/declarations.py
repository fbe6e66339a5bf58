"""The table of declared fields, which remembers those of plugins that were removed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from adapters.database.documents import text_to
from adapters.database.engine import Database
from adapters.database.statements import upsert
from adapters.database.tables.fields import field_declarations
from core.application.fields.inventory import inventory_field
from core.domain.fields.field import Field
from core.domain.privacy.inventory import (
    Category,
    DataSubjectKind,
    NotPersonal,
    OnErase,
    Pii,
)
from core.domain.privacy.inventory import Field as InventoryField


class SqlFieldDeclarations:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, fields: Sequence[Field], now: datetime) -> None:
        rows = [
            {
                "name": each.name,
                "owner": str(each.owner),
                "label": text_to(each.label),
                "classification": asdict(inventory_field(each).classification),
                "seen_at": now,
            }
            for each in fields
        ]
        async with self._database.writes.begin() as connection:
            statement = upsert(connection, field_declarations)
            changed = {
                name: statement.excluded[name]
                for name in ("owner", "label", "classification", "seen_at")
            }
            await connection.execute(
                statement.on_conflict_do_update(index_elements=["name"], set_=changed), rows
            )

    async def absent(self, declared: Collection[str]) -> tuple[InventoryField, ...]:
        async with self._database.reads.connect() as connection:
            rows = await connection.execute(
                select(field_declarations)
                .where(field_declarations.c.name.not_in(list(declared)))
                .order_by(field_declarations.c.name)
            )
            return tuple(
                InventoryField(
                    place=f"fields.{row.name}", classification=_classification(row.classification)
                )
                for row in rows
            )


def _classification(document: Mapping[str, Any]) -> Pii | NotPersonal:
    if "category" not in document:
        return NotPersonal(**document)
    kinds = {
        "category": Category(document["category"]),
        "on_erase": OnErase(document["on_erase"]),
        "data_subject": DataSubjectKind(document["data_subject"]),
    }
    return Pii(**{**document, **kinds})
