"""Wrapped data keys and tombstones, in a database apart from the shop's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateIndex, CreateTable

from adapters.database.columns import Utc, not_personal
from adapters.database.engine import Database
from adapters.database.statements import upsert
from core.domain.identifiers import DataKeyId
from ports.keys import KeyRetired

metadata = MetaData()

data_keys = Table(
    "data_keys",
    metadata,
    Column("data_key_id", Uuid(), primary_key=True, info=not_personal("an opaque number")),
    Column("wrapped", LargeBinary, nullable=False, info=not_personal("an encrypted random key")),
    Column("wrapped_by", Text, nullable=False, info=not_personal("the name of a key")),
    Index("ix_data_keys_wrapped_by", "wrapped_by", "data_key_id"),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column(
        "data_key_id", Uuid(), primary_key=True, info=not_personal("an opaque number without a key")
    ),
    Column("destroyed_at", Utc, nullable=False, info=not_personal("when a key was destroyed")),
    Column("epoch", Integer, nullable=False, info=not_personal("the epoch of the destruction")),
    Index("ix_tombstones_epoch", "epoch", "data_key_id"),
)

epochs = Table(
    "epochs",
    metadata,
    Column("id", Integer, primary_key=True, info=not_personal("there is one row")),
    Column("epoch", Integer, nullable=False, info=not_personal("counts destructions")),
)

retired_keys = Table(
    "retired_keys",
    metadata,
    Column("name", Text, primary_key=True, info=not_personal("the name of a key")),
)

WRAPPED = select(data_keys).where(data_keys.c.data_key_id.in_(bindparam("ids", expanding=True)))
EPOCH = select(epochs.c.epoch)


class SqlKeyStore:
    """Wrapped keys can be destroyed; their tombstones are never deleted."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def prepare(self) -> None:
        """Create missing tables. Idempotent."""
        async with self.database.writes.begin() as connection:
            if not self.database.is_sqlite:
                await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20261125)")
            for table in metadata.sorted_tables:
                await connection.execute(CreateTable(table, if_not_exists=True))
                for index in table.indexes:
                    await connection.execute(CreateIndex(index, if_not_exists=True))
            await connection.execute(
                upsert(connection, epochs).values(id=1, epoch=0).on_conflict_do_nothing()
            )

    async def close(self) -> None:
        await self.database.close()

    async def is_empty(self) -> bool:
        async with self.database.reads.connect() as connection:
            keys = await connection.execute(select(data_keys.c.data_key_id).limit(1))
            return keys.first() is None

    async def epoch(self) -> int:
        async with self.database.reads.connect() as connection:
            return int(await connection.scalar(EPOCH) or 0)

    async def retire(self, names: Iterable[str]) -> None:
        """Mark wrapping keys as retired: `add` refuses them, and workers see a new epoch."""
        rows = [{"name": name} for name in names]
        if rows:
            async with self.database.writes.begin() as connection:
                await connection.execute(update(epochs).values(epoch=epochs.c.epoch + 1))
                await connection.execute(
                    upsert(connection, retired_keys).on_conflict_do_nothing(), rows
                )

    async def add(self, wrapped: Mapping[DataKeyId, bytes], wrapped_by: str) -> None:
        """Store new data keys.

        Raises:
            KeyRetired: a rotation retired the wrapping key after it was used.
        """
        rows = [
            {"data_key_id": data_key_id, "wrapped": key, "wrapped_by": wrapped_by}
            for data_key_id, key in wrapped.items()
        ]
        async with self.database.writes.begin() as connection:
            await _check_not_retired(connection, wrapped_by)
            await connection.execute(insert(data_keys), rows)

    async def add_missing(self, data_key_id: DataKeyId, wrapped: bytes, wrapped_by: str) -> None:
        """Store the key unless one with this id exists or was destroyed."""
        async with self.database.writes.begin() as connection:
            tombstone = await connection.execute(
                select(tombstones.c.data_key_id).where(tombstones.c.data_key_id == data_key_id)
            )
            if tombstone.first() is None:
                await _check_not_retired(connection, wrapped_by)
                await connection.execute(
                    upsert(connection, data_keys)
                    .values(data_key_id=data_key_id, wrapped=wrapped, wrapped_by=wrapped_by)
                    .on_conflict_do_nothing()
                )

    async def wrapped(
        self, data_key_ids: Sequence[DataKeyId]
    ) -> dict[DataKeyId, tuple[bytes, str]]:
        """Wrapped keys by id; destroyed keys are missing."""
        async with self.database.reads.connect() as connection:
            rows = await connection.execute(WRAPPED, {"ids": list(data_key_ids)})
            return {DataKeyId(row.data_key_id): (row.wrapped, row.wrapped_by) for row in rows}

    async def destroy(self, data_key_ids: Iterable[DataKeyId], at: datetime) -> int:
        """Delete keys, write tombstones and increase the epoch, which other workers poll.

        Returns the number of keys that existed. Idempotent.
        """
        ids = [*data_key_ids]
        if not ids:
            return 0
        async with self.database.writes.begin() as connection:
            deleted = await connection.execute(
                delete(data_keys).where(data_keys.c.data_key_id.in_(ids))
            )
            if deleted.rowcount:
                await connection.execute(update(epochs).values(epoch=epochs.c.epoch + 1))
            epoch = await connection.scalar(EPOCH)
            await connection.execute(
                upsert(connection, tombstones).on_conflict_do_nothing(),
                [
                    {"data_key_id": data_key_id, "destroyed_at": at, "epoch": epoch}
                    for data_key_id in ids
                ],
            )
        return deleted.rowcount

    async def destroyed(self, after: UUID, limit: int, since: int = -1) -> tuple[DataKeyId, ...]:
        """Ids of destroyed keys greater than ``after``, in order; destroyed after ``since``."""
        async with self.database.reads.connect() as connection:
            rows = await connection.execute(
                select(tombstones.c.data_key_id)
                .where(tombstones.c.data_key_id > after, tombstones.c.epoch > since)
                .order_by(tombstones.c.data_key_id)
                .limit(limit)
            )
            return tuple(DataKeyId(row.data_key_id) for row in rows)

    async def wrapped_by_others(
        self, name: str, limit: int
    ) -> Sequence[tuple[DataKeyId, bytes, str]]:
        """Keys that are not wrapped by ``name``."""
        async with self.database.reads.connect() as connection:
            rows = await connection.execute(
                select(data_keys).where(data_keys.c.wrapped_by != name).limit(limit)
            )
            return [(DataKeyId(row.data_key_id), row.wrapped, row.wrapped_by) for row in rows]

    async def rewrap(self, wrapped: Mapping[DataKeyId, bytes], wrapped_by: str) -> None:
        """Replace the wrapping of keys; destroyed keys stay destroyed."""
        statement = (
            update(data_keys)
            .where(data_keys.c.data_key_id == bindparam("of_id"))
            .values(wrapped=bindparam("new"), wrapped_by=wrapped_by)
        )
        rows = [{"of_id": data_key_id, "new": key} for data_key_id, key in wrapped.items()]
        async with self.database.writes.begin() as connection:
            await connection.execute(statement, rows)


async def _check_not_retired(connection: AsyncConnection, name: str) -> None:
    """Lock the epoch (`FOR SHARE`), so that `retire` and this transaction run one by one."""
    await connection.execute(EPOCH.with_for_update(read=True))
    retired = await connection.execute(
        select(retired_keys.c.name).where(retired_keys.c.name == name)
    )
    if retired.first() is not None:
        raise KeyRetired(name)
