"""Erasure verification: a search by the classification of columns, not by the erasure plan."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, Uuid, func, literal, select

from adapters.database.columns import CLASSIFICATION
from adapters.database.engine import Database
from adapters.database.privacy.personal_data_tables import Scope
from adapters.database.tables import metadata
from adapters.serialization.encrypted import HEAD
from core.domain.identifiers import DataKeyId
from core.domain.privacy.inventory import Category, Pii
from core.domain.privacy.records import ErasureFinding


async def erasure_findings(
    database: Database,
    scope: Scope,
    data_key_ids: Sequence[DataKeyId],
    tables: Iterable[Table] | None = None,
) -> list[ErasureFinding]:
    """Count the rows that still lead to the subject, in every column with personal data.

    ``tables`` are those of the shop, if none are given.
    ``data_key_ids`` are destroyed keys of the person: a value that is encrypted with one is a
    finding. The keys of other people are not asked for, so the time does not grow with them.
    """
    findings = []
    async with database.reads.connect() as connection:
        for table in metadata.sorted_tables if tables is None else tables:
            for column in table.columns:
                classification = column.info[CLASSIFICATION]
                if not isinstance(classification, Pii):
                    continue
                for condition in _conditions(column, classification, scope, data_key_ids):
                    count = await connection.scalar(
                        select(func.count()).select_from(table).where(condition)
                    )
                    if count:
                        findings.append(ErasureFinding(place=str(column), count=count))
    return findings


def _conditions(
    column: Column[Any], classification: Pii, scope: Scope, data_key_ids: Sequence[DataKeyId]
) -> list[Any]:
    """Conditions that are true for rows with data of the person in ``column``."""
    batches = [data_key_ids[start : start + 500] for start in range(0, len(data_key_ids), 500)]
    if classification.encrypted:
        head = func.substr(column, 2, HEAD - 1)
        return [head.in_([literal(each.bytes) for each in batch]) for batch in batches]
    if classification.category is not Category.LINK:
        return []
    if isinstance(column.type, LargeBinary):
        customer_id = column.table.c.get("customer_id")
        hashes = (*scope.contact_indexes, *scope.persons)
        if not hashes:
            return []
        has_contact = column.in_(hashes)
        return [has_contact & customer_id.is_(None) if customer_id is not None else has_contact]
    if isinstance(column.type, Uuid):
        customers = [column.in_(scope.customers)] if scope.customers else []
        return [*customers, *(column.in_(batch) for batch in batches)]
    return []
