"""Returns of an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from adapters.web.api.body import Body, Units
from adapters.web.dependencies import Given
from core.application.returns import RequestReturn
from core.domain.identifiers import Sku
from core.domain.orders.order import Order
from core.domain.returns import Remedy, Return, ReturnInput, ReturnReason, ReturnState
from ports.orders import OrderQueries


class NewReturn(Body, frozen=True, kw_only=True):
    """``quantities`` are units by SKU."""

    quantities: Annotated[dict[str, Units], msgspec.Meta(min_length=1)]
    reason: ReturnReason
    remedy: Remedy
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""

    def return_input(self) -> ReturnInput:
        return ReturnInput(
            quantities={Sku(sku): units for sku, units in self.quantities.items()},
            reason=self.reason,
            remedy=self.remedy,
            note=self.note,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnView:
    """Units by SKU; ``accepted`` is null until the goods are inspected."""

    number: str
    quantities: Mapping[Sku, int]
    accepted: Mapping[Sku, int] | None
    reason: ReturnReason
    remedy: Remedy
    state: ReturnState
    requested_at: datetime
    answer: str


@get(
    "/orders/{number:str}/returns",
    operation_id="listReturns",
    summary="List returns of an order",
    tags=["Returns"],
)
async def list_returns(
    order: Given[Order], order_queries: Given[OrderQueries]
) -> tuple[ReturnView, ...]:
    return tuple(return_view(each) for each in await order_queries.returns(order.id))


@post(
    "/orders/{number:str}/returns",
    operation_id="requestReturn",
    summary="Request a return",
    tags=["Returns"],
)
async def create_return(
    data: JSONBody[NewReturn], order: Given[Order], request_return: Given[RequestReturn]
) -> ReturnView:
    """Within seven days without a reason, within fifteen days for a defect."""
    return return_view(await request_return(order.id, data.return_input()))


def return_view(order_return: Return) -> ReturnView:
    return ReturnView(
        number=order_return.number,
        quantities=order_return.quantities,
        accepted=order_return.accepted,
        reason=order_return.reason,
        remedy=order_return.remedy,
        state=order_return.state,
        requested_at=order_return.requested_at,
        answer=order_return.answer,
    )


handlers = [list_returns, create_return]
