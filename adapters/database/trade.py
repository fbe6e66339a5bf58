"""Repositories of buying: carts, orders, payments and what gateways told us."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.documents import (
    cart_lines_from,
    cart_lines_to,
    delivery_from,
    delivery_to,
    history_from,
    history_to,
    text_to,
)
from adapters.database.statements import save_versioned, upsert
from adapters.database.tables import (
    carts,
    notifications,
    order_lines,
    orders,
    payments,
    shipments,
)
from core.domain.address import Address
from core.domain.cart import Cart
from core.domain.errors import NotFound
from core.domain.events import Event
from core.domain.identifiers import CartId, CustomerId, OrderId, ProductId, ShipmentId, Sku
from core.domain.money import Money
from core.domain.order import Order, OrderLine, OrderState, Shipment, Shipping
from core.domain.payment import Payment, PaymentState
from core.domain.text import Text


class SqlCarts:
    """A cart is one row: it is read and written whole, and thrown away in the end."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, token_hash: str) -> Cart | None:
        return await self._find(carts.c.token_hash == token_hash)

    async def find_of(self, customer_id: CustomerId) -> Cart | None:
        return await self._find(carts.c.customer_id == customer_id)

    async def save(self, cart: Cart) -> None:
        cart.version = await save_versioned(
            self._connection,
            carts,
            {
                "id": cart.id,
                "token_hash": cart.token_hash,
                "customer_id": cart.customer_id,
                "currency": cart.currency,
                "lines": cart_lines_to(cart.lines),
                "delivery": delivery_to(cart.delivery),
                "updated_at": cart.updated_at,
            },
            version=cart.version,
            kind="cart",
            key=cart.id,
        )

    async def remove(self, cart: Cart) -> None:
        await self._connection.execute(delete(carts).where(carts.c.id == cart.id))

    async def _find(self, condition: Any) -> Cart | None:
        row = (await self._connection.execute(select(carts).where(condition))).first()
        return None if row is None else cart_of(row)


class SqlOrders:
    def __init__(self, connection: AsyncConnection, events: list[Event]) -> None:
        self._connection = connection
        self._events = events

    async def get(self, order_id: OrderId) -> Order:
        order = await self._find(orders.c.id == order_id)
        if order is None:
            raise NotFound("order", order_id)
        return order

    async def find(self, number: str) -> Order | None:
        return await self._find(orders.c.number == number)

    async def find_placed_with(self, checkout_key: str) -> Order | None:
        return await self._find(orders.c.checkout_key == checkout_key)

    async def overdue(self, now: datetime, limit: int) -> tuple[OrderId, ...]:
        rows = await self._connection.execute(
            select(orders.c.id)
            .where(orders.c.state == "placed", orders.c.pay_before <= now)
            .order_by(orders.c.pay_before)
            .limit(limit)
        )
        return tuple(OrderId(row.id) for row in rows)

    async def save(self, order: Order) -> None:
        new = order.version == 0
        order.version = await save_versioned(
            self._connection,
            orders,
            order_row(order),
            version=order.version,
            kind="order",
            key=order.number,
        )
        if new:
            await self._connection.execute(insert(order_lines), line_rows(order))
        if order.shipments:
            await self._connection.execute(
                upsert(self._connection, shipments).on_conflict_do_nothing(),
                shipment_rows(order),
            )
        self._events += order.events
        order.events.clear()

    async def _find(self, condition: Any) -> Order | None:
        row = (await self._connection.execute(select(orders).where(condition))).first()
        if row is None:
            return None
        lines = await self._connection.execute(
            select(order_lines)
            .where(order_lines.c.order_id == row.id)
            .order_by(order_lines.c.position)
        )
        sent: Sequence[Row[Any]] = ()
        if row.state in {OrderState.SHIPPED, OrderState.DELIVERED}:
            sent = (
                await self._connection.execute(
                    select(shipments)
                    .where(shipments.c.order_id == row.id)
                    .order_by(shipments.c.shipped_at)
                )
            ).all()
        return order_of(row, lines.all(), sent)


class SqlPayments:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, reference: str) -> Payment | None:
        row = (
            await self._connection.execute(
                select(payments).where(payments.c.reference == reference).with_for_update()
            )
        ).first()
        return None if row is None else _payment(row)

    async def list(self, order_id: OrderId) -> tuple[Payment, ...]:
        rows = await self._connection.execute(
            select(payments).where(payments.c.order_id == order_id).order_by(payments.c.id)
        )
        return tuple(_payment(row) for row in rows)

    async def save(self, payment: Payment) -> None:
        payment.version = await save_versioned(
            self._connection,
            payments,
            payment_row(payment),
            version=payment.version,
            kind="payment",
            key=payment.reference,
        )


class SqlInbox:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def record(
        self, *, gateway: str, account: str, key: str, body: bytes, at: datetime
    ) -> bool:
        added = await self._connection.execute(
            upsert(self._connection, notifications)
            .values(gateway=gateway, account=account, key=key, body=body, received_at=at)
            .on_conflict_do_nothing()
        )
        return added.rowcount == 1


def cart_of(row: Row[Any]) -> Cart:
    return Cart(
        id=CartId(row.id),
        token_hash=row.token_hash,
        currency=row.currency,
        updated_at=row.updated_at,
        customer_id=row.customer_id,
        lines=cart_lines_from(row.lines, row.currency),
        delivery=delivery_from(row.delivery),
        version=row.version,
    )


def order_row(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "number": order.number,
        "checkout_key": order.checkout_key,
        "customer_id": order.customer_id,
        "contact": order.contact,
        "address": asdict(order.address),
        "shipping_code": order.shipping.code,
        "shipping_name": text_to(order.shipping.name),
        "shipping_minor": order.shipping.price.minor,
        "total_minor": order.total.minor,
        "currency": order.currency,
        "language": order.language,
        "state": str(order.state),
        "placed_at": order.placed_at,
        "pay_before": order.pay_before,
        "history": history_to(order.history),
    }


def line_rows(order: Order) -> list[dict[str, Any]]:
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
        }
        for position, line in enumerate(order.lines)
    ]


def shipment_rows(order: Order) -> list[dict[str, Any]]:
    return [
        {
            "id": shipment.id,
            "order_id": order.id,
            "carrier": shipment.carrier,
            "tracking_number": shipment.tracking_number,
            "shipped_at": shipment.shipped_at,
        }
        for shipment in order.shipments
    ]


def order_of(row: Row[Any], lines: Sequence[Row[Any]], sent: Sequence[Row[Any]]) -> Order:
    return Order(
        id=OrderId(row.id),
        number=row.number,
        checkout_key=row.checkout_key,
        contact=row.contact,
        address=Address(**row.address),
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
        state=OrderState(row.state),
        shipments=tuple(
            Shipment(
                id=ShipmentId(each.id),
                carrier=each.carrier,
                tracking_number=each.tracking_number,
                shipped_at=each.shipped_at,
            )
            for each in sent
        ),
        history=history_from(row.history),
        version=row.version,
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
    )


def payment_row(payment: Payment) -> dict[str, Any]:
    return {
        "id": payment.id,
        "order_id": payment.order_id,
        "gateway": payment.gateway,
        "account": payment.account,
        "reference": payment.reference,
        "provider_reference": payment.provider_reference,
        "amount_minor": payment.amount.minor,
        "currency": payment.amount.currency,
        "state": str(payment.state),
        "created_at": payment.created_at,
        "expires_at": payment.expires_at,
        "paid_at": payment.paid_at,
    }


def _payment(row: Row[Any]) -> Payment:
    return Payment(
        id=row.id,
        order_id=row.order_id,
        gateway=row.gateway,
        account=row.account,
        reference=row.reference,
        amount=Money(row.amount_minor, row.currency),
        created_at=row.created_at,
        expires_at=row.expires_at,
        state=PaymentState(row.state),
        provider_reference=row.provider_reference,
        paid_at=row.paid_at,
        version=row.version,
    )
