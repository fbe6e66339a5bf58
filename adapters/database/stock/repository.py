"""The repository of stock. Each change is one statement, and its WHERE is the check."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.statements import upsert
from adapters.database.stock.allocations import SqlAllocations
from adapters.database.stock.levels import SqlStockLevels
from adapters.database.stock.reservations import SqlReservations
from adapters.database.tables.stock import locations
from core.domain.identifiers import LocationCode


class SqlStock(SqlStockLevels, SqlReservations, SqlAllocations):
    """`ports.stock.Stock` in one transaction."""


async def ensure_location(
    connection: AsyncConnection, code: LocationCode, name: dict[str, str], region: str = ""
) -> None:
    """Insert the location if it is missing. ``region`` is the name of a province."""
    position = select(func.count()).select_from(locations).scalar_subquery()
    await connection.execute(
        upsert(connection, locations)
        .values(code=code, name=name, position=position, region=region)
        .on_conflict_do_nothing()
    )
