"""The repository of orders: an order with its lines and shipments."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.data_keys import CONTACT, PHONE, TRACKING, data_key_for
from adapters.database.documents import history_from, history_to, text_to
from adapters.database.statements import insert_into, save_versioned, upsert
from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.orders import order_lines, orders
from core.domain.address import Address
from core.domain.errors import NotFound
from core.domain.events import Event
from core.domain.fulfillment import FulfillmentState, Shipment
from core.domain.identifiers import OrderId, ProductId, ShipmentId, Sku
from core.domain.money import Money
from core.domain.orders.order import Order, OrderLine, Shipping
from core.domain.orders.states import OrderState
from core.domain.text import Text
from ports.encryption import DataKeys, Encryption

CONTACT_PLACE, ADDRESS_PLACE = "orders.contact", "orders.address"


TRACKING_PLACE = "shipments.tracking_number"


BY_ID = select(orders).where(orders.c.id == bindparam("key"))


BY_NUMBER = select(orders).where(orders.c.number == bindparam("key"))


BY_CHECKOUT_KEY = select(orders).where(orders.c.checkout_key == bindparam("key"))


BY_ID_FOR_UPDATE = BY_ID.with_for_update()


LINES = (
    select(order_lines)
    .where(order_lines.c.order_id == bindparam("order_id"))
    .order_by(order_lines.c.position)
)


SHIPMENTS = (
    select(shipments)
    .where(shipments.c.order_id == bindparam("order_id"))
    .order_by(shipments.c.shipped_at)
)


# The claim moves `expire_at` to the end of the lease, so that other workers skip the order.
CLAIM_OVERDUE = (
    update(orders)
    .where(
        orders.c.id.in_(
            select(orders.c.id)
            .where(orders.c.state == "placed", orders.c.expire_at <= bindparam("now"))
            .order_by(orders.c.expire_at)
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True)
        )
    )
    .values(expire_at=bindparam("leased_until"))
    .returning(orders.c.id)
)


class SqlOrders:
    def __init__(self, connection: AsyncConnection, events: list[Event], vault: Encryption) -> None:
        self._connection = connection
        self._events = events
        self._vault = vault

    async def get(self, order_id: OrderId) -> Order:
        return await self._get(BY_ID, order_id)

    async def get_for_update(self, order_id: OrderId) -> Order:
        return await self._get(BY_ID_FOR_UPDATE, order_id)

    async def find(self, number: str) -> Order | None:
        return await self._find(BY_NUMBER, number)

    async def find_by_checkout_key(self, checkout_key: str) -> Order | None:
        return await self._find(BY_CHECKOUT_KEY, checkout_key)

    async def claim_overdue(
        self, now: datetime, limit: int, leased_until: datetime
    ) -> tuple[OrderId, ...]:
        rows = await self._connection.execute(
            CLAIM_OVERDUE, {"now": now, "most": limit, "leased_until": leased_until}
        )
        return tuple(OrderId(row.id) for row in rows)

    async def save(self, order: Order) -> None:
        new = order.version == 0
        if new and order.data_key_id is None:
            order.data_key_id = await data_key_for(self._connection, self._vault, order.customer_id)
        keys = await self._vault.keys([order.data_key_id])
        order.version = await save_versioned(
            self._connection,
            orders,
            {**_order_row(order), **_encrypted(order, keys, self._vault)},
            version=order.version,
            kind="order",
            key=order.number,
        )
        if new:
            await self._connection.execute(insert_into(order_lines), _line_rows(order))
        if order.shipments:
            statement = upsert(self._connection, shipments)
            await self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["id"], set_={"delivered_at": statement.excluded.delivered_at}
                ),
                _shipment_rows(order, keys, self._vault),
            )
        self._events += order.events
        order.events.clear()

    async def _get(self, statement: Select[Any], order_id: OrderId) -> Order:
        order = await self._find(statement, order_id)
        if order is None:
            raise NotFound("order", order_id)
        return order

    async def _find(self, statement: Select[Any], key: object) -> Order | None:
        row = (await self._connection.execute(statement, {"key": key})).first()
        if row is None:
            return None
        lines = await self._connection.execute(LINES, {"order_id": row.id})
        shipped: Sequence[Row[Any]] = ()
        if row.fulfillment != FulfillmentState.UNFULFILLED:
            shipped = (await self._connection.execute(SHIPMENTS, {"order_id": row.id})).all()
        return _order(row, lines.all(), shipped, await self._vault.keys([row.data_key_id]))


def _encrypted(order: Order, keys: DataKeys, vault: Encryption) -> dict[str, Any]:
    if order.data_key_id is None or order.address is None:
        return dict.fromkeys(("data_key_id", "contact", "address", "contact_index", "phone_index"))
    return {
        "data_key_id": order.data_key_id,
        "contact": keys.encrypt(order.data_key_id, CONTACT_PLACE, order.id, order.contact),
        "address": keys.encrypt(order.data_key_id, ADDRESS_PLACE, order.id, asdict(order.address)),
        "contact_index": vault.index(CONTACT, order.contact),
        "phone_index": vault.index(PHONE, order.address.phone),
    }


def _order_row(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "number": order.number,
        "checkout_key": order.checkout_key,
        "customer_id": order.customer_id,
        "shipping_code": order.shipping.code,
        "shipping_name": text_to(order.shipping.name),
        "shipping_minor": order.shipping.price.minor,
        "total_minor": order.total.minor,
        "currency": order.currency,
        "language": order.language,
        "state": str(order.state),
        "fulfillment": str(order.fulfillment),
        "replaces": order.replaces,
        "placed_at": order.placed_at,
        "pay_before": order.pay_before,
        **({"expire_at": order.pay_before} if order.version == 0 else {}),
        "history": history_to(order.history),
    }


def _line_rows(order: Order) -> list[dict[str, Any]]:
    return [
        {
            "order_id": order.id,
            "position": position,
            "sku": line.sku,
            "product_id": line.product_id,
            "title": text_to(line.title),
            "options": text_to(line.options),
            "quantity": line.quantity,
            "unit_price_minor": line.unit_price.minor,
            "picture": line.picture,
            "return_exception": line.return_exception,
            "refunded": 0,
        }
        for position, line in enumerate(order.lines)
    ]


def _shipment_rows(order: Order, keys: DataKeys, vault: Encryption) -> list[dict[str, Any]]:
    data_key_id = order.data_key_id
    return [
        {
            "id": shipment.id,
            "order_id": order.id,
            "carrier": shipment.carrier,
            "tracking_number": data_key_id
            and keys.encrypt(data_key_id, TRACKING_PLACE, shipment.id, shipment.tracking_number),
            "tracking_index": vault.index(TRACKING, shipment.tracking_number),
            "quantities": dict(shipment.quantities),
            "shipped_at": shipment.shipped_at,
            "delivered_at": shipment.delivered_at,
        }
        for shipment in order.shipments
    ]


def _order(
    row: Row[Any], lines: Sequence[Row[Any]], shipped: Sequence[Row[Any]], keys: DataKeys
) -> Order:
    address = keys.decrypt(ADDRESS_PLACE, row.id, row.address)
    return Order(
        id=OrderId(row.id),
        number=row.number,
        checkout_key=row.checkout_key,
        contact=keys.decrypt(CONTACT_PLACE, row.id, row.contact) or "",
        address=Address(**address) if address else None,
        lines=tuple(_line(line, row.currency) for line in lines),
        shipping=Shipping(
            code=row.shipping_code,
            name=Text(row.shipping_name),
            price=Money(row.shipping_minor, row.currency),
        ),
        language=row.language,
        placed_at=row.placed_at,
        pay_before=row.pay_before,
        customer_id=row.customer_id,
        data_key_id=row.data_key_id,
        replaces=row.replaces,
        state=OrderState(row.state),
        fulfillment=FulfillmentState(row.fulfillment),
        shipments=tuple(_shipment(each, keys) for each in shipped),
        history=history_from(row.history),
        version=row.version,
    )


def _shipment(row: Row[Any], keys: DataKeys) -> Shipment:
    return Shipment(
        id=ShipmentId(row.id),
        carrier=row.carrier,
        tracking_number=keys.decrypt(TRACKING_PLACE, row.id, row.tracking_number) or "",
        quantities=row.quantities,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
    )


def _line(row: Row[Any], currency: str) -> OrderLine:
    return OrderLine(
        sku=Sku(row.sku),
        product_id=ProductId(row.product_id),
        title=Text(row.title),
        options=Text(row.options),
        quantity=row.quantity,
        unit_price=Money(row.unit_price_minor, currency),
        picture=row.picture,
        return_exception=row.return_exception,
    )
