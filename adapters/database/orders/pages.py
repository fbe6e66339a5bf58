"""Statements of the order list: filters, search words and pagination."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.contacts.normalisation import contact_or_text
from adapters.database.data_keys import CONTACT, PHONE, TRACKING
from adapters.database.keyset import Keyset
from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.orders import order_lines, orders
from adapters.serialization.cursors import read_cursor, timestamp
from core.domain.calendar import start_of
from core.domain.identifiers import CustomerId
from core.domain.orders.states import STAGES, OrderStage
from ports.encryption import Encryption
from ports.orders import OrderCriteria
from ports.pagination import Slice

BY_TIME = Keyset((orders.c.placed_at, orders.c.id), (timestamp, UUID))
SUMMARY: Select[Any] = select(
    orders.c.id,
    orders.c.number,
    orders.c.state,
    orders.c.fulfillment,
    orders.c.placed_at,
    orders.c.total_minor,
    orders.c.currency,
    orders.c.data_key_id,
    orders.c.address,
)


def orders_for_staff(criteria: OrderCriteria, part: Slice, vault: Encryption) -> Select[Any]:
    """Raises `Rejected`: the cursor is malformed."""
    page = _at_stage(SUMMARY, criteria.state)
    if (condition := matching(criteria.words, vault)) is not None:
        page = page.where(condition)
    if criteria.since is not None:
        page = page.where(orders.c.placed_at >= start_of(criteria.since))
    if criteria.until is not None:
        page = page.where(orders.c.placed_at < start_of(criteria.until + timedelta(days=1)))
    return BY_TIME.select(page, part)


def order_page(
    customer_id: CustomerId | None,
    stage: OrderStage | None,
    condition: ColumnElement[bool] | None,
    cursor: str,
) -> Select[Any]:
    """Orders after ``cursor``, latest first.

    Raises:
        Rejected: the cursor is malformed.
    """
    page = SUMMARY.order_by(orders.c.placed_at.desc(), orders.c.id.desc())
    if customer_id is not None:
        page = page.where(orders.c.customer_id == customer_id)
    page = _at_stage(page, stage)
    if condition is not None:
        page = page.where(condition)
    if cursor:
        at, last = read_cursor(cursor, (timestamp, UUID))
        page = page.where(
            or_(orders.c.placed_at < at, and_(orders.c.placed_at == at, orders.c.id < last))
        )
    return page


def _at_stage(page: Select[Any], stage: OrderStage | None) -> Select[Any]:
    if stage is None:
        return page
    states, fulfillments = STAGES[stage]
    return page.where(
        orders.c.state.in_(sorted(states)), orders.c.fulfillment.in_(sorted(fulfillments))
    )


def matching(words: str, vault: Encryption) -> ColumnElement[bool] | None:
    """Orders whose number, SKU, tracking number, contact or phone equals ``words``."""
    if not words:
        return None
    contact = contact_or_text(words)
    order_ids = select(orders.c.id)
    # A union, because an OR over several tables reads all orders.
    return orders.c.id.in_(
        union(
            order_ids.where(orders.c.number == words),
            order_ids.where(orders.c.contact_index.in_(vault.indexes(CONTACT, contact))),
            order_ids.where(orders.c.phone_index.in_(vault.indexes(PHONE, contact))),
            select(shipments.c.order_id).where(
                shipments.c.tracking_index.in_(vault.indexes(TRACKING, words))
            ),
            select(order_lines.c.order_id).where(order_lines.c.sku == words),
        )
    )


async def lines_of(
    connection: AsyncConnection, order_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[Row[Any]]]:
    """Rows of order lines by order, in their positions."""
    rows = await connection.execute(
        select(order_lines)
        .where(order_lines.c.order_id.in_(order_ids))
        .order_by(order_lines.c.order_id, order_lines.c.position)
    )
    lines: dict[UUID, list[Row[Any]]] = {}
    for row in rows:
        lines.setdefault(row.order_id, []).append(row)
    return lines
