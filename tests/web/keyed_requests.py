"""A request for each route that takes an ``Idempotency-Key``, and the count of its effects."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import Select, func, select

from adapters.database.tables.customers import addresses
from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.orders import orders
from adapters.database.tables.payments import payment_entries, payments, refunds
from adapters.database.tables.returns import returns
from core.application.orders.checkout import PlacedOrder
from core.application.payments.chargebacks import ChargebackInput
from core.application.payments.refunds import RefundInput
from core.domain.errors import IllegalTransition
from core.domain.identifiers import OrderId
from core.domain.money import Money
from core.domain.payments.payment import Payment
from core.domain.payments.refund import RefundReason
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from tests.bank import BACK, LINE, PARCEL, SMALL, Bank, notification, place
from tests.web.api_client import ADDRESS, API, filled_cart, order_form

Count = Callable[[], Awaitable[int]]
STAFF = {"login": "boss@example.com", "password": "correct horse battery"}
MEMBER = {
    "login": "mei@example.com",
    "password": "correct horse battery",
    "name": "李梅",
    "old_enough": True,
}


class Killed(BaseException):
    """Ends a request as SIGKILL does: nothing catches it."""


@dataclass(frozen=True, kw_only=True)
class Keyed:
    """``effects`` counts what one request changes once: it is 0 before the request."""

    path: str
    body: Any
    headers: dict[str, str]
    effects: Count
    key: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True, kw_only=True)
class World:
    """A shop with staff and a member, behind its web app."""

    shop: Shop
    bank: Bank
    client: httpx.AsyncClient
    staff: dict[str, str]
    member: dict[str, str]

    async def placed(self) -> PlacedOrder:
        return await place(self.shop, self.shop.new_token()(), 2)

    async def paid(self, status: GatewayStatus = GatewayStatus.PAID) -> PlacedOrder:
        placed = await self.placed()
        self.bank.known = GatewayStatus.PENDING
        await self.shop.start_payment()(placed.id, BACK)
        self.bank.known = status
        message = notification(self.bank.asked[-1].reference, placed.number)
        await self.shop.receive_notification()("bank", message)
        return placed

    async def shipped(self) -> PlacedOrder:
        placed = await self.paid()
        await self.shop.ship_order()(placed.id, PARCEL, "staff")
        return placed

    async def delivered(self) -> PlacedOrder:
        placed = await self.shipped()
        await self.shop.deliver_order()(placed.id, "staff")
        return placed

    async def failed_refund(self) -> tuple[PlacedOrder, str]:
        """A refund that waits for a person: its gateway was missing."""
        placed = await self.paid()
        details = RefundInput(reason=RefundReason.GOODWILL, actor="staff", amount=Money(100, "CNY"))
        requested = await self.shop.request_refund()(placed.id, details)
        assert requested is not None
        gateways: Any = self.shop.gateways().by_code
        left = gateways.pop(self.bank.code)
        await self.shop.send_refunds().send(requested.reference)
        gateways[self.bank.code] = left
        return placed, requested.reference

    async def succeeded_refund(self) -> tuple[PlacedOrder, str]:
        placed = await self.paid()
        details = RefundInput(reason=RefundReason.GOODWILL, actor="staff", amount=Money(100, "CNY"))
        requested = await self.shop.request_refund()(placed.id, details)
        assert requested is not None
        await self.shop.send_refunds()()
        return placed, requested.reference

    async def captured(self) -> tuple[PlacedOrder, Payment]:
        placed = await self.paid()
        (payment,) = await self.shop.order_queries().payments(placed.id)
        return placed, payment

    async def charged_back(self) -> tuple[PlacedOrder, Payment]:
        placed, payment = await self.captured()
        details = ChargebackInput(case="D-1", taken=Money(100, "CNY"))
        await self.shop.record_chargeback()(placed.id, payment.reference, details)
        return placed, payment

    def count(self, statement: Select[Any]) -> Count:
        async def counted() -> int:
            async with self.shop.database().reads.connect() as connection:
                return int(await connection.scalar(statement) or 0)

        return counted

    async def count_new(self, statement: Select[Any]) -> Count:
        count = self.count(statement)
        before = await count()

        async def counted() -> int:
            return await count() - before

        return counted

    def moves_of(self, placed: PlacedOrder, move: str) -> Count:
        async def counted() -> int:
            order = await self.shop.order_queries().find(placed.number)
            assert order is not None
            return sum(each.move == move for each in order.history)

        return counted


def refunds_in(state: str, reference: str) -> Select[Any]:
    found = (refunds.c.state == state) & (refunds.c.reference == reference)
    return select(func.count()).select_from(refunds).where(found)


def entries_of(payment: Payment, kind: str) -> Select[Any]:
    found = (payment_entries.c.payment_id == payment.id) & (payment_entries.c.kind == kind)
    return select(func.count()).select_from(payment_entries).where(found)


def payments_of(order_id: OrderId) -> Select[Any]:
    """The payments of an order that is paid alone."""
    return select(func.count()).select_from(payments).where(payments.c.purchase_id == order_id)


def rows(table: Any, order_id: OrderId) -> Select[Any]:
    return select(func.count()).select_from(table).where(table.c.order_id == order_id)


async def add_line(world: World) -> Keyed:
    cart = (await world.client.post(f"{API}/carts")).json()["token"]

    async def units() -> int:
        return int((await world.client.get(f"{API}/carts/{cart}")).json()["units"])

    line = {"sku": SMALL, "quantity": 1}
    return Keyed(path=f"{API}/carts/{cart}/lines", body=line, headers={}, effects=units)


async def place_order(world: World) -> Keyed:
    cart = await filled_cart(world.client)
    form = await order_form(world.client, cart)
    count = await world.count_new(select(func.count()).select_from(orders))
    return Keyed(path=f"{API}/orders", body=form, headers={}, effects=count)


async def cancel_own(world: World) -> Keyed:
    placed = await world.paid()
    return Keyed(
        path=f"{API}/orders/{placed.number}/cancel",
        body=None,
        headers={"order-token": placed.access_token},
        effects=world.moves_of(placed, "cancel"),
    )


async def start_payment(world: World) -> Keyed:
    placed = await world.placed()
    return Keyed(
        path=f"{API}/orders/{placed.number}/payments",
        body={"gateway": "bank"},
        headers={"order-token": placed.access_token},
        effects=world.count(payments_of(placed.id)),
    )


async def request_return(world: World) -> Keyed:
    placed = await world.delivered()
    return Keyed(
        path=f"{API}/orders/{placed.number}/returns",
        body={"lines": [{"line": LINE, "quantity": 1}], "reason": "damaged", "remedy": "refund"},
        headers={"order-token": placed.access_token},
        effects=world.count(rows(returns, placed.id)),
    )


async def add_address(world: World) -> Keyed:
    return Keyed(
        path=f"{API}/members/me/addresses",
        body=ADDRESS,
        headers=world.member,
        effects=await world.count_new(select(func.count()).select_from(addresses)),
    )


async def refund(world: World) -> Keyed:
    placed = await world.paid()
    return Keyed(
        path=f"{API}/admin/orders/{placed.number}/refunds",
        body={"amount": 100},
        headers=world.staff,
        effects=world.count(rows(refunds, placed.id)),
    )


async def ship(world: World) -> Keyed:
    return _shipment(world, await world.paid())


async def ship_authorized(world: World) -> Keyed:
    return _shipment(world, await world.paid(GatewayStatus.AUTHORIZED))


def _shipment(world: World, placed: PlacedOrder) -> Keyed:
    return Keyed(
        path=f"{API}/admin/orders/{placed.number}/shipments",
        body={
            "carrier": "sf",
            "tracking_number": "SF1234567890",
            "lines": [{"line": LINE, "quantity": 1}],
        },
        headers=world.staff,
        effects=world.count(rows(shipments, placed.id)),
    )


async def _failed_refund(world: World, move: str, state: str) -> Keyed:
    placed, reference = await world.failed_refund()
    return Keyed(
        path=f"{API}/admin/orders/{placed.number}/refunds/{reference}/{move}",
        body=None,
        headers=world.staff,
        effects=world.count(refunds_in(state, reference)),
    )


async def retry_refund(world: World) -> Keyed:
    return await _failed_refund(world, "retry", "requested")


async def replace_refund(world: World) -> Keyed:
    return await _failed_refund(world, "replace", "replaced")


async def reverse_refund(world: World) -> Keyed:
    placed, reference = await world.succeeded_refund()
    return Keyed(
        path=f"{API}/admin/orders/{placed.number}/refunds/{reference}/reverse",
        body=None,
        headers=world.staff,
        effects=world.count(refunds_in("reversed", reference)),
    )


async def chargeback(world: World) -> Keyed:
    placed, payment = await world.captured()
    return Keyed(
        path=f"{API}/admin/orders/{placed.number}/payments/{payment.reference}/chargebacks",
        body={"case": "D-1", "taken": 100},
        headers=world.staff,
        effects=world.count(entries_of(payment, "chargeback")),
    )


async def reinstate_chargeback(world: World) -> Keyed:
    placed, payment = await world.charged_back()
    path = f"{API}/admin/orders/{placed.number}/payments/{payment.reference}/chargebacks"
    return Keyed(
        path=f"{path}/D-1/reinstate",
        body=None,
        headers=world.staff,
        effects=world.count(entries_of(payment, "chargeback_reinstated")),
    )


async def deliver(world: World) -> Keyed:
    placed = await world.shipped()
    return Keyed(
        path=f"{API}/admin/orders/{placed.number}/delivery",
        body=None,
        headers=world.staff,
        effects=world.moves_of(placed, "deliver_rest"),
    )


async def cancel_any(world: World) -> Keyed:
    placed = await world.placed()
    await world.shop.start_payment()(placed.id, BACK)
    world.bank.known = GatewayStatus.PENDING
    return Keyed(
        path=f"{API}/admin/orders/{placed.number}/cancel",
        body=None,
        headers=world.staff,
        effects=world.moves_of(placed, "cancel"),
    )


async def move_product(world: World) -> Keyed:
    with suppress(IllegalTransition):
        await world.shop.move_product()("celadon-teapot", "restore")
        await world.shop.move_product()("celadon-teapot", "publish")

    async def archived() -> int:
        return int((await world.client.get(f"{API}/products/celadon-teapot")).status_code == 404)

    return Keyed(
        path=f"{API}/admin/products/celadon-teapot/moves",
        body={"move": "archive"},
        headers=world.staff,
        effects=archived,
    )


REQUESTS: dict[str, tuple[Callable[[World], Awaitable[Keyed]], ...]] = {
    "/api/v1/carts/{token:str}/lines": (add_line,),
    "/api/v1/orders": (place_order,),
    "/api/v1/orders/{number:str}/cancel": (cancel_own,),
    "/api/v1/orders/{number:str}/payments": (start_payment,),
    "/api/v1/orders/{number:str}/returns": (request_return,),
    "/api/v1/members/me/addresses": (add_address,),
    "/api/v1/admin/orders/{number:str}/refunds": (refund,),
    "/api/v1/admin/orders/{number:str}/refunds/{reference:str}/retry": (retry_refund,),
    "/api/v1/admin/orders/{number:str}/refunds/{reference:str}/replace": (replace_refund,),
    "/api/v1/admin/orders/{number:str}/refunds/{reference:str}/reverse": (reverse_refund,),
    "/api/v1/admin/orders/{number:str}/payments/{reference:str}/chargebacks": (chargeback,),
    (
        "/api/v1/admin/orders/{number:str}/payments/{reference:str}/chargebacks"
        "/{case:str}/reinstate"
    ): (reinstate_chargeback,),
    "/api/v1/admin/orders/{number:str}/shipments": (ship, ship_authorized),
    "/api/v1/admin/orders/{number:str}/delivery": (deliver,),
    "/api/v1/admin/orders/{number:str}/cancel": (cancel_any,),
    "/api/v1/admin/products/{handle:str}/moves": (move_product,),
}
