"""Orders: the repository, the queries and their views."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.domain.identifiers import CustomerId, OrderId, PaymentId, ProductId
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage
from core.domain.payments.ledger import Balances
from core.domain.payments.payment import Payment
from core.domain.payments.refund import Refund
from core.domain.returns import Return
from ports.payments.inbox import InboxEntry


class Orders(Protocol):
    async def get(self, order_id: OrderId) -> Order:
        """Raises `NotFound`."""

    async def get_for_update(self, order_id: OrderId) -> Order:
        """Load with a row lock (`SELECT … FOR UPDATE`).

        Concurrent callers block until this transaction ends.

        Raises `NotFound`.
        """

    async def find(self, number: str) -> Order | None: ...

    async def find_by_checkout_key(self, checkout_key: str) -> Order | None: ...

    async def claim_overdue(
        self, now: datetime, limit: int, leased_until: datetime
    ) -> tuple[OrderId, ...]:
        """Claim unpaid orders after their payment deadline. ``leased_until`` ends the lease."""

    async def save(self, order: Order) -> None:
        """Raises `AlreadyExists` (number or checkout key) or `StaleVersion`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """An order in a list. ``title`` is the title of its first line."""

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
    """The paid orders of one day."""

    day: date
    orders: int
    revenue: Money


class OrderQueries(Protocol):
    async def find(self, number: str) -> Order | None: ...

    async def payments(self, order_id: OrderId) -> tuple[Payment, ...]: ...

    async def balances(self, order_id: OrderId) -> Mapping[PaymentId, Balances]:
        """The ledger balances of each payment of the order."""

    async def refunds(self, order_id: OrderId) -> tuple[Refund, ...]: ...

    async def returns(self, order_id: OrderId) -> tuple[Return, ...]: ...

    async def withheld(self, order_id: OrderId) -> str:
        """The reason why the personal data of the order must not be shown; empty if it can be.

        ``open`` or ``returns``: the person was erased, and the order or a return is still
        open. ``restricted``: the order is complete and its person asked for a restriction.
        """

    async def open_returns(self, limit: int) -> tuple[tuple[Return, str], ...]:
        """Returns that need an action of staff, oldest first, each with its order number."""

    async def quarantined(self, limit: int) -> tuple[InboxEntry, ...]:
        """Quarantined notifications, latest first."""

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

        ``words`` matches whole order numbers, tracking numbers and SKUs. Without a
        ``customer_id``, the recipient is empty if `withheld` has a reason other than ``open``.
        """

    async def bought(self, customer_id: CustomerId, limit: int) -> tuple[ProductId, ...]:
        """Products in paid orders of a member, latest first."""

    async def counts(self) -> dict[OrderStage, int]:
        """The number of orders per stage."""

    async def figures(self, since: datetime, currency: str) -> tuple[DayFigures, ...]:
        """Days with paid orders, oldest first."""
