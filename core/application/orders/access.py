"""Finds an order for a person who may see it."""

import hmac
from dataclasses import dataclass, replace

from core.domain.errors import NotFound
from core.domain.identifiers import CustomerId
from core.domain.orders.order import Order
from ports.orders import OrderQueries
from ports.security import SignAccessToken


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAccess:
    """Why somebody may see an order: a member's own, a guest's link, or the back office.

    ``retained``: the address, too, that is kept for the law alone, of an order that nobody works
    on any more, once its person was erased or wants no use of their data.
    """

    customer_id: CustomerId | None = None
    token: str = ""
    staff: bool = False
    retained: bool = False

    @property
    def barred(self) -> tuple[str, ...]:
        """For which reasons of keeping an address it is not shown."""
        return ("returns", "restricted") if self.staff else ("open", "returns")


@dataclass(frozen=True, slots=True)
class FindOrder:
    """An order for who may see it. To anybody else it does not exist."""

    ledger: OrderQueries
    sign_access_token: SignAccessToken

    async def __call__(self, number: str, access: OrderAccess) -> Order:
        order = await self.ledger.find(number)
        if order is None or not self._may(order, access):
            raise NotFound("order", number)
        if access.retained or self._is_own(order, access):
            return order
        if await self.ledger.withheld(order.id) in access.barred:
            order.address, order.contact = None, ""
            order.shipments = tuple(replace(each, tracking_number="") for each in order.shipments)
        return order

    def _is_own(self, order: Order, access: OrderAccess) -> bool:
        return access.customer_id is not None and access.customer_id == order.customer_id

    def _may(self, order: Order, access: OrderAccess) -> bool:
        own = self._is_own(order, access)
        linked = hmac.compare_digest(
            access.token.encode(), self.sign_access_token(order.number).encode()
        )
        return access.staff or own or linked
