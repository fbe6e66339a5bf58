"""Runs changes of a store concurrently."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from core.domain.errors import DomainError
from ports.unit_of_work import UnitOfWork, UnitsOfWork

Change = Callable[[UnitOfWork], Awaitable[object]]


async def race(units: UnitsOfWork, changes: Sequence[Change]) -> int:
    """Run all changes concurrently, each in a unit of work. Returns the number that succeeded."""

    async def attempt(change: Change) -> bool:
        try:
            async with units() as unit:
                await change(unit)
                await unit.commit()
        except DomainError:
            return False
        return True

    return sum(await asyncio.gather(*map(attempt, changes)))
