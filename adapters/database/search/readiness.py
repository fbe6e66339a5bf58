"""Which search index has the whole catalogue."""

from cachetools import TTLCache
from sqlalchemy import delete, select

from adapters.database.engine import Database
from adapters.database.statements import upsert
from adapters.database.tables.search import search_indexes
from ports.search import SearchIndexName

CACHE_SECONDS = 5.0


class SqlSearchReadiness:
    """A search asks for it, so the answer is cached for some seconds."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ready: TTLCache[SearchIndexName, bool] = TTLCache(1, CACHE_SECONDS)

    async def is_ready(self, index: SearchIndexName) -> bool:
        ready = self._ready.get(index)
        if ready is None:
            async with self._database.reads.connect() as connection:
                found = await connection.scalar(
                    select(search_indexes.c.name).where(search_indexes.c.name == index)
                )
            ready = self._ready[index] = found is not None
        return ready

    async def mark_ready(self, index: SearchIndexName) -> None:
        async with self._database.writes.begin() as connection:
            await connection.execute(delete(search_indexes).where(search_indexes.c.name != index))
            await connection.execute(
                upsert(connection, search_indexes).values(name=index).on_conflict_do_nothing()
            )
        self._ready[index] = True
