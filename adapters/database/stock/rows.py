"""Rows of reservations and allocations, from and to the domain's `Allocation`."""

from collections.abc import Sequence
from typing import Any

from core.domain.identifiers import LocationCode, OrderId, Sku
from core.domain.stock import Allocation


def row_for_order(order_id: OrderId, part: Allocation) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "sku": part.sku,
        "location": part.location,
        "quantity": part.quantity,
    }


def level_parameters(part: Allocation) -> dict[str, Any]:
    """Parameters of the statements that change one stock level."""
    return {"of_sku": part.sku, "at_location": part.location, "units": part.quantity}


def allocations_from(rows: Sequence[Any]) -> tuple[Allocation, ...]:
    return tuple(
        Allocation(sku=Sku(row.sku), location=LocationCode(row.location), quantity=row.quantity)
        for row in rows
    )
