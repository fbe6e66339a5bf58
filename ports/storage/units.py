"""The unit of work: everything in it becomes true together, or nothing does."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from ports.storage.catalogue import Brands, Categories, Products
from ports.storage.people import Customers, Sessions, StaffMembers
from ports.storage.stock import Stock
from ports.storage.trade import Carts, Inbox, Orders, Payments


class Unit(Protocol):
    """Repositories that share one transaction."""

    @property
    def categories(self) -> Categories: ...
    @property
    def brands(self) -> Brands: ...
    @property
    def products(self) -> Products: ...
    @property
    def stock(self) -> Stock: ...
    @property
    def carts(self) -> Carts: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def staff(self) -> StaffMembers: ...
    @property
    def sessions(self) -> Sessions: ...

    async def commit(self) -> None:
        """Make it true, and hand the aggregates' events to the outbox with it."""


class UnitsOfWork(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[Unit]:
        """A new unit; leaving it without `Unit.commit` undoes it."""
