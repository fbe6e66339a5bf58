"""The guarded statements of stock: what changes a number is what checks it."""

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
    - stock_levels.c.reserved
    - stock_levels.c.allocated
)


_at_place = (
    stock_levels.c.sku == bindparam("of_sku"),
    stock_levels.c.location == bindparam("at_location"),
)


_units: Any = bindparam("units")


_preference = (
    case((locations.c.region == bindparam("region"), 0), else_=1),
    locations.c.position,
    locations.c.code,
)
"""The sourcing policy: the buyer's own region first, then in the order of the locations."""


levels_query = (
    select(stock_levels)
    .join(locations, locations.c.code == stock_levels.c.location)
    .order_by(stock_levels.c.sku, *_preference)
)


RELEASE_RESERVED = (
    update(stock_levels)
    .where(*_at_place)
    .values(reserved=stock_levels.c.reserved - _units)
    .returning(available.label("left"))
)


RELEASE_ALLOCATED = (
    update(stock_levels)
    .where(*_at_place)
    .values(allocated=stock_levels.c.allocated - _units)
    .returning(available.label("left"))
)


ALLOCATE = (
    update(stock_levels)
    .where(*_at_place)
    .values(reserved=stock_levels.c.reserved - _units, allocated=stock_levels.c.allocated + _units)
)


DISPATCH = (
    update(stock_levels)
    .where(*_at_place, stock_levels.c.on_hand >= _units)
    .values(allocated=stock_levels.c.allocated - _units, on_hand=stock_levels.c.on_hand - _units)
)


_of_order: Any = bindparam("of_order")


ALLOCATED = (
    select(allocations)
    .where(allocations.c.order_id == _of_order)
    .order_by(allocations.c.sku, allocations.c.location)
)


_claim = (
    allocations.c.order_id == _of_order,
    allocations.c.sku == bindparam("of_sku"),
    allocations.c.location == bindparam("at_location"),
)


TAKE_ALL_OUT = delete(allocations).where(*_claim, allocations.c.quantity == _units)


TAKE_SOME_OUT = (
    update(allocations)
    .where(*_claim, allocations.c.quantity > _units)
    .values(quantity=allocations.c.quantity - _units)
)


END_RESERVATIONS = (
    delete(reservations)
    .where(reservations.c.order_id == _of_order)
    .returning(reservations.c.sku, reservations.c.location, reservations.c.quantity)
)


END_ALLOCATIONS = (
    delete(allocations)
    .where(allocations.c.order_id == _of_order)
    .returning(allocations.c.sku, allocations.c.location, allocations.c.quantity)
)


SOLD_AS = (
    select(variants.c.product_id)
    .where(variants.c.sku.in_(bindparam("skus", expanding=True)))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Take:
    """Two statements that set units aside: at the preferred location that has them, or at one."""

    preferred: ReturningUpdate[Any]
    at_location: ReturningUpdate[Any]


def take_if(enough: ColumnElement[bool]) -> Take:
    """``enough`` is the rule that the row must fulfil at the moment when it is changed."""
    preferred = (
        select(stock_levels.c.location)
        .join(locations, locations.c.code == stock_levels.c.location)
        .where(stock_levels.c.sku == bindparam("of_sku"), enough)
        .order_by(*_preference)
        .limit(1)
        .scalar_subquery()
    )
    some = (
        update(stock_levels)
        .where(stock_levels.c.sku == bindparam("of_sku"), enough)
        .values(reserved=stock_levels.c.reserved + _units)
        .returning(stock_levels.c.location, available.label("left"))
    )
    return Take(
        some.where(stock_levels.c.location == preferred),
        some.where(stock_levels.c.location == bindparam("at_location")),
    )


TAKE = take_if(available >= _units)
