"""Orders: the repository, the queries and their views."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.domain.identifiers import CustomerId, OrderId, PaymentId, ProductId
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage
from core.domain.payments.payment import Balances, Payment
from core.domain.payments.refund import Refund
from core.domain.returns import Return
from ports.payments.inbox import InboxEntry


class Orders(Protocol):
    async def get(self, order_id: OrderId) -> Order:
        """Raises `NotFound`."""

    async def get_for_update(self, order_id: OrderId) -> Order:
        """Read for a change: who else claims it waits until this unit is over.

        Raises `NotFound`.
        """

    async def find(self, number: str) -> Order | None: ...

    async def find_by_checkout_key(self, checkout_key: str) -> Order | None: ...

    async def claim_overdue(
        self, now: datetime, limit: int, again_at: datetime
    ) -> tuple[OrderId, ...]:
        """Orders still unpaid after their time; nobody else is given them before ``again_at``."""

    async def save(self, order: Order) -> None:
        """Raises `AlreadyExists` (number or checkout key) or `StaleVersion`."""


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


class OrderQueries(Protocol):
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
