"""What is left of somebody, searched by what columns are and not by how they were erased."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, LargeBinary, Uuid, func, literal, select

from adapters.database.columns import CLASSIFICATION
from adapters.database.engine import Database
from adapters.database.privacy.personal_data_tables import Scope
from adapters.database.tables import metadata
from adapters.serialization.encrypted import HEAD
from core.domain.identifiers import DataKeyId
from core.domain.privacy.inventory import Category, Pii
from core.domain.privacy.records import ErasureFinding


async def erasure_findings(
    database: Database, scope: Scope, data_key_ids: Sequence[DataKeyId]
) -> list[ErasureFinding]:
    """Every column that leads to a person is asked; ``people`` are those without a key."""
    found = []
    async with database.reads.connect() as connection:
        for table in metadata.sorted_tables:
            for column in table.columns:
                classification = column.info[CLASSIFICATION]
                if not isinstance(classification, Pii):
                    continue
                for values in _values(column, classification, scope, data_key_ids):
                    count = await connection.scalar(
                        select(func.count()).select_from(table).where(values)
                    )
                    if count:
                        found.append(ErasureFinding(place=str(column), count=count))
    return found


def _values(
    column: Column[Any], classification: Pii, scope: Scope, data_key_ids: Sequence[DataKeyId]
) -> list[Any]:
    """The conditions under which a column still has something of the person."""
    some = [data_key_ids[start : start + 500] for start in range(0, len(data_key_ids), 500)]
    if classification.encrypted:
        head = func.substr(column, 2, HEAD - 1)
        return [head.in_([literal(each.bytes) for each in part]) for part in some]
    if classification.category is not Category.LINK:
        return []
    if isinstance(column.type, LargeBinary):
        guest = column.table.c.get("customer_id")
        found = column.in_(scope.contact_indexes)
        return [found & guest.is_(None) if guest is not None else found]
    if isinstance(column.type, Uuid):
        return [column.in_(scope.customers), *(column.in_(part) for part in some)]
    return []
