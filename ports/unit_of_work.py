"""The unit of work: repositories that share one transaction."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from core.domain.events import Event
from ports.carts import Carts
from ports.catalogue.repositories import Brands, Categories, Products
from ports.customers import Customers
from ports.orders import Orders
from ports.payments.inbox import Inbox
from ports.payments.repositories import Payments, Refunds
from ports.privacy.consents import Consents
from ports.privacy.recipients import RecipientLog
from ports.returns import Returns
from ports.sessions import Sessions
from ports.staff import StaffMembers
from ports.stock import Stock


class UnitOfWork(Protocol):
    """All repositories of one transaction."""

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
    def recipient_log(self) -> RecipientLog: ...

    def add_event(self, event: Event) -> None:
        """Store an event in the outbox with the commit, for events without an aggregate."""

    async def commit(self) -> None:
        """Commit the transaction, and store the events of all saved aggregates in the outbox."""


class UnitsOfWork(Protocol):
    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open a unit. It rolls back if it ends without `UnitOfWork.commit`."""
