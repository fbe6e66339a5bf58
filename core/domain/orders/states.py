"""The states of an order, its transitions, and its stage for display."""

from enum import StrEnum

from core.domain.fulfillment import FulfillmentState


class OrderState(StrEnum):
    PLACED = "placed"
    PAID = "paid"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


# Every move an order can make. A move that is not here raises.
MOVES: dict[tuple[OrderState, str], OrderState] = {
    (OrderState.PLACED, "pay"): OrderState.PAID,
    (OrderState.PLACED, "cancel"): OrderState.CANCELLED,
    (OrderState.PAID, "cancel"): OrderState.CANCELLED,
    # A late payment, while the goods are still in stock.
    (OrderState.CANCELLED, "reinstate"): OrderState.PAID,
    (OrderState.PAID, "complete"): OrderState.COMPLETED,
}

PAYING = frozenset({"pay", "reinstate"})
"""The moves that a payment makes."""


class OrderStage(StrEnum):
    """The state of an order for display: order state and fulfillment state in one."""

    PLACED = "placed"
    PAID = "paid"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


STAGES: dict[OrderStage, tuple[frozenset[OrderState], frozenset[FulfillmentState]]] = {
    OrderStage.PLACED: (frozenset({OrderState.PLACED}), frozenset(FulfillmentState)),
    OrderStage.PAID: (frozenset({OrderState.PAID}), frozenset({FulfillmentState.UNFULFILLED})),
    OrderStage.PARTLY_SHIPPED: (
        frozenset({OrderState.PAID}),
        frozenset({FulfillmentState.PARTLY_SHIPPED}),
    ),
    OrderStage.SHIPPED: (frozenset({OrderState.PAID}), frozenset({FulfillmentState.SHIPPED})),
    OrderStage.DELIVERED: (frozenset({OrderState.COMPLETED}), frozenset(FulfillmentState)),
    OrderStage.CANCELLED: (frozenset({OrderState.CANCELLED}), frozenset(FulfillmentState)),
}


def stage_of(state: OrderState, fulfillment: FulfillmentState) -> OrderStage:
    """Find the stage of a pair of states.

    >>> stage_of(OrderState.PAID, FulfillmentState.SHIPPED)
    <OrderStage.SHIPPED: 'shipped'>
    """
    return next(
        stage
        for stage, (states, fulfillments) in STAGES.items()
        if state in states and fulfillment in fulfillments
    )
