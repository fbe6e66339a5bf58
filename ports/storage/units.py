"""The unit of work: everything in it becomes true together, or nothing does."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from core.domain.events import Event
from ports.storage.catalogue import Brands, Categories, Products
from ports.storage.consents import Consents
from ports.storage.inbox import Inbox
from ports.storage.outbound import Outbound
from ports.storage.people import Customers, Sessions, StaffMembers
from ports.storage.stock import Stock
from ports.storage.trade import Carts, Orders, Payments, Refunds, Returns


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
    def refunds(self) -> Refunds: ...
    @property
    def returns(self) -> Returns: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def customers(self) -> Customers: ...
    @property
    def staff(self) -> StaffMembers: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def consents(self) -> Consents: ...
    @property
    def outbound(self) -> Outbound: ...

    def tell(self, event: Event) -> None:
        """Have an event go out with the commit that no aggregate has."""

    async def commit(self) -> None:
        """Make it true, and hand the aggregates' events to the outbox with it."""


class UnitsOfWork(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[Unit]:
        """A new unit; leaving it without `Unit.commit` undoes it."""
