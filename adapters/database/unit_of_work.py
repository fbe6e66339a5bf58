"""The unit of work: repositories that share one connection and one transaction."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.carts.repository import SqlCarts
from adapters.database.catalogue.categories import SqlBrands, SqlCategories
from adapters.database.catalogue.products import SqlProducts
from adapters.database.customers.repository import SqlCustomers
from adapters.database.engine import Database
from adapters.database.events.outbox import write_events
from adapters.database.orders.repository import SqlOrders
from adapters.database.payments.inbox import SqlInbox
from adapters.database.payments.payments import SqlPayments
from adapters.database.payments.refunds import SqlRefunds
from adapters.database.privacy.consents import SqlConsents
from adapters.database.privacy.data_links import SqlDataLinks
from adapters.database.privacy.disclosures import SqlDisclosures
from adapters.database.privacy.recipients import SqlRecipientLog
from adapters.database.privacy.requests import SqlPrivacyRequests
from adapters.database.returns.repository import SqlReturns
from adapters.database.sessions.repository import SqlSessions
from adapters.database.staff.repository import SqlStaffMembers
from adapters.database.stock.repository import SqlStock
from core.domain.events import Event
from ports.clock import Clock
from ports.encryption import Encryption


class SqlUnitOfWork:
    def __init__(self, connection: AsyncConnection, vault: Encryption, now: Clock) -> None:
        self._connection = connection
        self._vault = vault
        self._now = now
        self._events: list[Event] = []
        self.has_events = False

    @cached_property
    def categories(self) -> SqlCategories:
        return SqlCategories(self._connection)

    @cached_property
    def brands(self) -> SqlBrands:
        return SqlBrands(self._connection)

    @cached_property
    def products(self) -> SqlProducts:
        return SqlProducts(self._connection, self._events)

    @cached_property
    def stock(self) -> SqlStock:
        return SqlStock(self._connection, self._events, self._now)

    @cached_property
    def carts(self) -> SqlCarts:
        return SqlCarts(self._connection, self._vault)

    @cached_property
    def orders(self) -> SqlOrders:
        return SqlOrders(self._connection, self._events, self._vault)

    @cached_property
    def payments(self) -> SqlPayments:
        return SqlPayments(self._connection)

    @cached_property
    def refunds(self) -> SqlRefunds:
        return SqlRefunds(self._connection, self._events)

    @cached_property
    def returns(self) -> SqlReturns:
        return SqlReturns(self._connection, self._events, self._vault)

    @cached_property
    def inbox(self) -> SqlInbox:
        return SqlInbox(self._connection, self._vault)

    @cached_property
    def customers(self) -> SqlCustomers:
        return SqlCustomers(self._connection, self._events, self._vault)

    @cached_property
    def staff(self) -> SqlStaffMembers:
        return SqlStaffMembers(self._connection, self._vault)

    @cached_property
    def sessions(self) -> SqlSessions:
        return SqlSessions(self._connection)

    @cached_property
    def consents(self) -> SqlConsents:
        return SqlConsents(self._connection)

    @cached_property
    def privacy(self) -> SqlPrivacyRequests:
        return SqlPrivacyRequests(self._connection, self._vault)

    @cached_property
    def data_links(self) -> SqlDataLinks:
        return SqlDataLinks(self._connection)

    @cached_property
    def recipient_log(self) -> SqlRecipientLog:
        return SqlRecipientLog(self._connection)

    @cached_property
    def disclosures(self) -> SqlDisclosures:
        return SqlDisclosures(self._connection)

    def add_event(self, event: Event) -> None:
        self._events.append(event)

    async def commit(self) -> None:
        await write_events(self._connection, self._events)
        await self._connection.commit()
        self.has_events = bool(self._events)


class SqlUnitsOfWork:
    """``wake`` is called after a commit that wrote events to the outbox."""

    def __init__(
        self, database: Database, vault: Encryption, now: Clock, wake: Callable[[], None]
    ) -> None:
        self._database = database
        self._vault = vault
        self._now = now
        self._wake = wake

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[SqlUnitOfWork]:
        async with self._database.writes.connect() as connection:
            unit = SqlUnitOfWork(connection, self._vault, self._now)
            yield unit
        if unit.has_events:
            self._wake()
