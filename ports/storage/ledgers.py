"""Carts, orders and people as they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from core.domain.cart import Cart
from core.domain.customer import Customer, Duty
from core.domain.identifiers import CustomerId, OrderId, PaymentId, ProductId
from core.domain.money import Money
from core.domain.order import Order, OrderStage
from core.domain.payment import Balances, Payment
from core.domain.refund import Refund
from core.domain.returns import Return
from ports.storage.inbox import InboxEntry
from ports.storage.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """An order in a list; ``title`` is its first line's."""

    number: str
    state: OrderStage
    placed_at: datetime
    total: Money
    units: int
    title: str
    picture: str
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """One day's paid orders."""

    day: date
    orders: int
    revenue: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who is logged in; a colleague has a ``duty``."""

    role: Role
    person_id: UUID
    name: str
    duty: Duty | None = None


class OrderLedger(Protocol):
    async def find(self, number: str) -> Order | None: ...

    async def payments(self, order_id: OrderId) -> tuple[Payment, ...]: ...

    async def balances(self, order_id: OrderId) -> Mapping[PaymentId, Balances]:
        """What the ledger of each of its payments adds up to."""

    async def refunds(self, order_id: OrderId) -> tuple[Refund, ...]: ...

    async def returns(self, order_id: OrderId) -> tuple[Return, ...]: ...

    async def withheld(self, order_id: OrderId) -> str:
        """Why its address is not for everybody; empty if it is.

        ``open`` and ``returns`` once its person was erased, ``restricted`` when it is over and
        its person wants no use of their data.
        """

    async def open_returns(self, limit: int) -> tuple[tuple[Return, str], ...]:
        """Returns that wait for the shop, oldest first, each with its order's number."""

    async def quarantined(self, limit: int) -> tuple[InboxEntry, ...]:
        """Notifications that fit nothing we know, latest first."""

    async def list(
        self,
        *,
        customer_id: CustomerId | None,
        state: OrderStage | None,
        words: str,
        language: str,
        limit: int,
        cursor: str,
    ) -> tuple[tuple[OrderSummary, ...], str]:
        """Latest first, and the cursor of the next page (empty on the last).

        ``words`` finds order numbers, tracking numbers and SKUs, whole. Without a
        ``customer_id``, recipients of orders that are put away are left out.
        """

    async def bought(self, customer_id: CustomerId, limit: int) -> tuple[ProductId, ...]:
        """Products that a member has paid for, the latest first."""

    async def counts(self) -> dict[OrderStage, int]:
        """How many orders are in each stage."""

    async def figures(self, since: datetime, currency: str) -> tuple[DayFigures, ...]:
        """Days with paid orders, oldest first."""


class CartLedger(Protocol):
    async def find(self, token_hash: str) -> Cart | None: ...

    async def find_of(self, customer_id: CustomerId) -> Cart | None: ...


class Register(Protocol):
    async def visitor(self, token_hash: str, now: datetime) -> Visitor | None:
        """None once the log-in has ended."""

    async def customer(self, customer_id: CustomerId) -> Customer:
        """Raises `NotFound`."""

    async def is_restricted(self, customer_id: CustomerId) -> bool:
        """Whether their data is kept, and used for what they ordered alone."""

    async def reachable(self, customer_ids: Sequence[CustomerId]) -> tuple[str, ...]:
        """Log-ins that are proven, of those who can be written to."""

    async def find_customer(self, login: str) -> Customer | None: ...

    async def staff_credentials(self, login: str) -> tuple[UUID, str] | None:
        """A colleague's identifier and kept password."""
