"""Orders: the repository, the queries and their views."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from core.domain.identifiers import CustomerId, OrderId, ProductId, PurchaseId
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.states import OrderStage
from core.domain.payments.balances import PaymentLedger
from core.domain.payments.payment import Payment
from core.domain.payments.refund import Refund
from core.domain.returns import Return, ReturnState
from ports.pagination import PageOf, Slice
from ports.payments.inbox import InboxEntry


class Orders(Protocol):
    async def get(self, order_id: OrderId) -> Order:
        """Raises `NotFound`."""

    async def get_for_update(self, order_id: OrderId) -> Order:
        """Load with a row lock (`SELECT … FOR UPDATE`).

        Concurrent callers block until this transaction ends.

        Raises `NotFound`.
        """

    async def get_all_for_update(self, order_ids: Sequence[OrderId]) -> tuple[Order, ...]:
        """Load with row locks, taken in the order of the ids. Raises `NotFound`."""

    async def get_purchase_for_update(self, order_id: OrderId) -> tuple[Order, ...]:
        """Load all orders that are paid together with this one, with row locks as above.

        Raises:
            NotFound: there is no such order.
            StaleVersion: it was combined with others while this waited; try again.
        """

    async def find(self, number: str) -> Order | None: ...

    async def find_by_checkout_key(self, checkout_key: str) -> Order | None: ...

    async def claim_overdue(
        self, now: datetime, limit: int, leased_until: datetime
    ) -> tuple[OrderId, ...]:
        """Claim unpaid orders after their payment deadline. ``leased_until`` ends the lease."""

    async def claim_held(
        self, now: datetime, limit: int, leased_until: datetime
    ) -> tuple[OrderId, ...]:
        """Claim orders with a hold whose time is over. ``leased_until`` ends the lease."""

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
class PurchaseOrder:
    """An order of a purchase. ``due`` is what it costs now; zero if it cannot be paid now."""

    number: str
    state: OrderStage
    total: Money
    due: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """The paid orders of one day."""

    day: date
    orders: int
    revenue: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCriteria:
    """``words`` as in `OrderQueries.list`. Both days belong to the range; they begin in China."""

    state: OrderStage | None = None
    words: str = ""
    since: date | None = None
    until: date | None = None


class OrderQueries(Protocol):
    async def find(self, number: str) -> Order | None: ...

    async def paid_together(
        self, purchase_id: PurchaseId, now: datetime
    ) -> tuple[PurchaseOrder, ...]:
        """The orders of a purchase, oldest first."""

    async def payments(self, order_id: OrderId) -> tuple[Payment, ...]: ...

    async def ledgers(self, order_id: OrderId) -> tuple[PaymentLedger, ...]:
        """The payments of the order with their ledgers, oldest first."""

    async def refunds(self, order_id: OrderId) -> tuple[Refund, ...]: ...

    async def refunds_to_check(self, now: datetime, limit: int) -> tuple[tuple[Refund, str], ...]:
        """Refunds that staff must look at, oldest first, each with its order number.

        They are blocked or have failed, or are open for longer than a day.
        """

    async def returns(self, order_id: OrderId) -> tuple[Return, ...]: ...

    async def withheld(self, order_id: OrderId) -> str:
        """The reason why the personal data of the order must not be shown; empty if it can be.

        ``open`` or ``returns``: the person was erased, and the order or a return is still
        open. ``restricted``: the order is complete and its person asked for a restriction.
        """

    async def listed_returns(
        self, state: ReturnState | None, part: Slice
    ) -> PageOf[tuple[Return, str]]:
        """Returns by the time of their request, each with its order number.

        Without a ``state``, those that need an action of staff.
        """

    async def quarantined(self, limit: int) -> tuple[InboxEntry, ...]:
        """Quarantined notifications, latest first."""

    async def listed(
        self, criteria: OrderCriteria, part: Slice, language: str
    ) -> PageOf[OrderSummary]:
        """Orders for staff by the time they were placed. Recipients as in `list`."""

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

    async def figures(self, since: date, currency: str) -> tuple[DayFigures, ...]:
        """Days with paid orders since this day, oldest first. See `core.domain.calendar`."""
