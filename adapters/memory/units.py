"""A unit of work on a copy of everything, put in place by its commit."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime

from adapters.memory.repositories import (
    MemoryBrands,
    MemoryCarts,
    MemoryCategories,
    MemoryConsents,
    MemoryCustomers,
    MemoryInbox,
    MemoryOrders,
    MemoryOutbound,
    MemoryPayments,
    MemoryProducts,
    MemoryRefunds,
    MemoryReturns,
    MemorySessions,
    MemoryStaffMembers,
    Shelves,
)
from adapters.memory.stock import MemoryStock
from core.domain.events import Event


@dataclass(slots=True)
class MemoryUnit:
    shelves: Shelves
    _put_in_place: Callable[["MemoryUnit"], None]
    events: list[Event] = field(default_factory=list)

    @property
    def categories(self) -> MemoryCategories:
        return MemoryCategories(self.shelves.categories)

    @property
    def brands(self) -> MemoryBrands:
        return MemoryBrands(self.shelves.brands)

    @property
    def products(self) -> MemoryProducts:
        return MemoryProducts(self.shelves.products, self.events)

    @property
    def stock(self) -> MemoryStock:
        return MemoryStock(self.shelves, lambda: datetime.now(UTC))

    @property
    def carts(self) -> MemoryCarts:
        return MemoryCarts(self.shelves.carts)

    @property
    def orders(self) -> MemoryOrders:
        return MemoryOrders(self.shelves, self.events)

    @property
    def payments(self) -> MemoryPayments:
        return MemoryPayments(self.shelves)

    @property
    def refunds(self) -> MemoryRefunds:
        return MemoryRefunds(self.shelves, self.events)

    @property
    def returns(self) -> MemoryReturns:
        return MemoryReturns(self.shelves.returns, self.events)

    @property
    def inbox(self) -> MemoryInbox:
        return MemoryInbox(self.shelves.notifications)

    @property
    def customers(self) -> MemoryCustomers:
        return MemoryCustomers(self.shelves.customers, self.events)

    @property
    def staff(self) -> MemoryStaffMembers:
        return MemoryStaffMembers(self.shelves.staff)

    @property
    def sessions(self) -> MemorySessions:
        return MemorySessions(self.shelves.sessions)

    @property
    def consents(self) -> MemoryConsents:
        return MemoryConsents(self.shelves.consents)

    @property
    def outbound(self) -> MemoryOutbound:
        return MemoryOutbound(self.shelves.outbound)

    def tell(self, event: Event) -> None:
        self.events.append(event)

    async def commit(self) -> None:
        self._put_in_place(self)


class MemoryUnitsOfWork:
    """One unit at a time. ``events`` are what was committed, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._shelves = Shelves()
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[MemoryUnit]:
        async with self._turn:
            yield MemoryUnit(deepcopy(self._shelves), self._put_in_place)

    def _put_in_place(self, unit: MemoryUnit) -> None:
        self._shelves = deepcopy(unit.shelves)
        self.events += unit.events
        unit.events.clear()
