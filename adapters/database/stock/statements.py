"""Statements that change stock. Each checks in its WHERE that enough units are there."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, delete, select, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.elements import ColumnElement

from adapters.database.tables.catalogue import variants
from adapters.database.tables.stock import allocations, locations, reservations, stock_levels

available = (
    stock_levels.c.on_hand
    + stock_levels.c.backorder_limit
    + stock_levels.c.missing
    - stock_levels.c.reserved
    - stock_levels.c.allocated
)
"""Never negative: `missing` makes up for a count that is too low."""


def with_missing(**changes: Any) -> dict[str, Any]:
    """The new values of a level, with the units that are then missing for open orders.

    Each change that lowers the supply or the demand needs it, except a reservation: it must
    fail instead.
    """
    columns = {column.name: column for column in stock_levels.columns} | changes
    needed = columns["reserved"] + columns["allocated"]
    supply = columns["on_hand"] + columns["backorder_limit"]
    return {**changes, "missing": case((needed > supply, needed - supply), else_=0)}


_at_level = (
    stock_levels.c.sku == bindparam("of_sku"),
    stock_levels.c.location == bindparam("at_location"),
)


_units: Any = bindparam("units")


_by_preference = (
    case((locations.c.region == bindparam("region"), 0), else_=1),
    locations.c.position,
    locations.c.code,
)
"""Sourcing policy: locations in the buyer's region first, then by position."""


levels_query = (
    select(stock_levels)
    .join(locations, locations.c.code == stock_levels.c.location)
    .order_by(stock_levels.c.sku, *_by_preference)
)


LOCK_LEVELS = (
    select(stock_levels.c.sku)
    .order_by(stock_levels.c.sku, stock_levels.c.location)
    .with_for_update()
)


RELEASE_RESERVED = (
    update(stock_levels)
    .where(*_at_level)
    .values(with_missing(reserved=stock_levels.c.reserved - _units))
    .returning(available.label("available"))
)


RELEASE_ALLOCATED = (
    update(stock_levels)
    .where(*_at_level)
    .values(with_missing(allocated=stock_levels.c.allocated - _units))
    .returning(available.label("available"))
)


ALLOCATE = (
    update(stock_levels)
    .where(*_at_level)
    .values(reserved=stock_levels.c.reserved - _units, allocated=stock_levels.c.allocated + _units)
)


DISPATCH = (
    update(stock_levels)
    .where(*_at_level, stock_levels.c.on_hand >= _units)
    .values(allocated=stock_levels.c.allocated - _units, on_hand=stock_levels.c.on_hand - _units)
)


_of_order: Any = bindparam("of_order")


ALLOCATED = (
    select(allocations)
    .where(allocations.c.order_id == _of_order)
    .order_by(allocations.c.sku, allocations.c.location)
)


_allocation = (
    allocations.c.order_id == _of_order,
    allocations.c.sku == bindparam("of_sku"),
    allocations.c.location == bindparam("at_location"),
)


DELETE_ALLOCATION = delete(allocations).where(*_allocation, allocations.c.quantity == _units)


REDUCE_ALLOCATION = (
    update(allocations)
    .where(*_allocation, allocations.c.quantity > _units)
    .values(quantity=allocations.c.quantity - _units)
)


DELETE_RESERVATIONS = (
    delete(reservations)
    .where(reservations.c.order_id == _of_order)
    .returning(reservations.c.sku, reservations.c.location, reservations.c.quantity)
)


DELETE_ALLOCATIONS = (
    delete(allocations)
    .where(allocations.c.order_id == _of_order)
    .returning(allocations.c.sku, allocations.c.location, allocations.c.quantity)
)


PRODUCTS_OF_SKUS = (
    select(variants.c.product_id)
    .where(variants.c.sku.in_(bindparam("skus", expanding=True)))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class ReserveStatements:
    """Two statements: reserve at the preferred location with enough units, or at a given one."""

    preferred: ReturningUpdate[Any]
    at_location: ReturningUpdate[Any]


def reserve_if(enough: ColumnElement[bool]) -> ReserveStatements:
    """``enough`` is the condition that the UPDATE checks on the row that it changes."""
    preferred = (
        select(stock_levels.c.location)
        .join(locations, locations.c.code == stock_levels.c.location)
        .where(stock_levels.c.sku == bindparam("of_sku"), enough)
        .order_by(*_by_preference)
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        update(stock_levels)
        .where(stock_levels.c.sku == bindparam("of_sku"), enough)
        .values(reserved=stock_levels.c.reserved + _units)
        .returning(stock_levels.c.location, available.label("available"))
    )
    return ReserveStatements(
        statement.where(stock_levels.c.location == preferred),
        statement.where(stock_levels.c.location == bindparam("at_location")),
    )


RESERVE = reserve_if(available >= _units)
