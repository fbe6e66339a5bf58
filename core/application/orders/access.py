"""Checks who may read an order."""

import hmac
from dataclasses import dataclass, replace

from core.domain.errors import NotFound
from core.domain.identifiers import CustomerId
from core.domain.orders.order import Order
from ports.orders import OrderQueries
from ports.security import SignAccessToken


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAccess:
    """The claims of a reader: a member's id, the token of a guest's link, or staff.

    ``retained``: show also an address that is stored for legal reasons alone. This is the case
    for a finished order after its customer was erased, or restricted the use of their data.
    """

    customer_id: CustomerId | None = None
    token: str = ""
    staff: bool = False
    retained: bool = False

    @property
    def hidden_reasons(self) -> tuple[str, ...]:
        """Retention reasons for which the address is not shown."""
        return ("returns", "restricted") if self.staff else ("open", "returns")


@dataclass(frozen=True, slots=True)
class FindOrder:
    """Find an order by its number.

    Raises:
        NotFound: it does not exist, or the reader has no access.
    """

    order_queries: OrderQueries
    sign_access_token: SignAccessToken

    async def __call__(self, number: str, access: OrderAccess) -> Order:
        order = await self.order_queries.find(number)
        if order is None or not self._has_access(order, access):
            raise NotFound("order", number)
        if access.retained or self._is_own(order, access):
            return order
        if await self.order_queries.withheld(order.id) in access.hidden_reasons:
            order.address, order.contact = None, ""
            order.fields = tuple(each for each in order.fields if not each.is_personal)
            order.shipments = tuple(replace(each, tracking_number="") for each in order.shipments)
        return order

    def _is_own(self, order: Order, access: OrderAccess) -> bool:
        return access.customer_id is not None and access.customer_id == order.customer_id

    def _has_access(self, order: Order, access: OrderAccess) -> bool:
        own = self._is_own(order, access)
        linked = hmac.compare_digest(
            access.token.encode(), self.sign_access_token(order.number).encode()
        )
        return access.staff or own or linked
