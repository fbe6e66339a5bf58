"""Returns of an order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from adapters.web.api.body import Body, LineUnitsBody, units_by_line
from adapters.web.dependencies import Given
from core.application.orders.line_views import LineUnits, line_units
from core.application.returns import FindReturn, RequestReturn
from core.domain.errors import AlreadyDone
from core.domain.orders.order import Order
from core.domain.returns import Remedy, Return, ReturnInput, ReturnReason, ReturnState
from ports.orders import OrderQueries


class NewReturn(Body, frozen=True, kw_only=True):
    """``lines`` are the units to send back."""

    lines: Annotated[tuple[LineUnitsBody, ...], msgspec.Meta(min_length=1, max_length=500)]
    reason: ReturnReason
    remedy: Remedy
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""

    def return_input(self) -> ReturnInput:
        return ReturnInput(
            quantities=units_by_line(self.lines),
            reason=self.reason,
            remedy=self.remedy,
            note=self.note,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnView:
    """``accepted`` is null until the goods are inspected."""

    number: str
    lines: tuple[LineUnits, ...]
    accepted: tuple[LineUnits, ...] | None
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
    data: JSONBody[NewReturn],
    order: Given[Order],
    request_return: Given[RequestReturn],
    find_return: Given[FindReturn],
) -> ReturnView:
    """Within seven days without a reason, within fifteen days for a defect."""
    try:
        requested = await request_return(order.id, data.return_input())
    except AlreadyDone as earlier:
        requested = await find_return(order.id, earlier.made)
    return return_view(requested)


def return_view(order_return: Return) -> ReturnView:
    return ReturnView(
        number=order_return.number,
        lines=line_units(order_return.quantities),
        accepted=None if order_return.accepted is None else line_units(order_return.accepted),
        reason=order_return.reason,
        remedy=order_return.remedy,
        state=order_return.state,
        requested_at=order_return.requested_at,
        answer=order_return.answer,
    )


handlers = [list_returns, create_return]
