"""The order that a path names, for the API, the storefront and the back office.

Each router provides ``order_access``, the orders that the caller may see. Any other order is
`NotFound`.
"""

from dataclasses import dataclass

from litestar.di import Provide
from litestar.params import FromPath

from adapters.web.dependencies import Given
from core.application.accounts.guessing import LimitGuesses
from core.application.orders.access import FindOrder, OrderAccess
from core.application.orders.views import OrderView, order_view
from core.domain.accounts import Caller
from core.domain.errors import NotFound
from core.domain.orders.order import Order
from ports.media import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOrder:
    """Loads the order of the path; call it again after a change.

    A wrong token counts as a guess; a right one needs no count.
    """

    number: FromPath[str]
    order_access: Given[OrderAccess]
    find_order: Given[FindOrder]
    media: Given[Media]
    language: Given[str]
    limit_guesses: Given[LimitGuesses]
    caller: Given[Caller]

    async def __call__(self) -> Order:
        try:
            return await self.find_order(self.number, self.order_access)
        except NotFound:
            if self.order_access.token:
                await self.limit_guesses.count_address(self.caller)
            raise

    async def view(self) -> OrderView:
        return self.view_of(await self())

    def view_of(self, order: Order) -> OrderView:
        return order_view(order, self.language, self.media, every_field=self.order_access.staff)


async def order_of_path(read_order: Given[ReadOrder]) -> Order:
    return await read_order()


ORDER_DEPENDENCIES = {
    "read_order": Provide(ReadOrder, sync_to_thread=False),
    "order": Provide(order_of_path),
}
