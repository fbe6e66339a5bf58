"""A counter that grows with every change of the rules of prices."""

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue.version import PRICING, increase_counter, increase_version


async def increase_pricing_version(connection: AsyncConnection) -> None:
    """Make every process load the rules again, and drop the pages that show their prices."""
    await increase_counter(connection, PRICING)
    await increase_version(connection)
