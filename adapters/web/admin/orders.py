"""Orders: list, ship, deliver, cancel and refund them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.access.orders import ReadOrder
from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.admin.listings.orders import order_listing
from adapters.web.admin.listings.views import listing_response
from adapters.web.admin.order_forms import FIRST, chargeback_form, hold_form
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.one_time import ONE_TIME
from core.application.fulfillment import DeliverOrder, Parcel, ShipOrder
from core.application.orders.cancellation import CancelOrder
from core.application.payments.failed_refunds import ReplaceRefund, RetryRefund, ReverseRefund
from core.application.payments.money import money_view, payment_views
from core.application.payments.refunds import RefundInput, RequestRefund
from core.domain.errors import NotFound
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.payments.refund import RefundReason
from core.domain.shop_permissions import ORDERS_CHANGE, ORDERS_READ, ORDERS_REFUND, ORDERS_SHIP
from ports.admin.forms import Form
from ports.clock import Clock
from ports.fulfillment import TracksParcels
from ports.orders import OrderQueries, PurchaseOrder


@dataclass(frozen=True, slots=True)
class OrderPage:
    read_order: Given[ReadOrder]
    order_queries: Given[OrderQueries]
    trackers: Given[TracksParcels]
    now: Given[Clock]
    language: Given[str]

    async def variables(self) -> Mapping[str, Any]:
        order = await self.read_order()
        ledgers = await self.order_queries.ledgers(order.id)
        return {
            "order": self.read_order.view_of(order),
            "together": await self._paid_together(order),
            "unshipped": order.unshipped,
            "payments": payment_views(ledgers, order.id),
            "money": money_view(order, ledgers),
            "refunds": await self.order_queries.refunds(order.id),
            "returns": await self.order_queries.returns(order.id),
            "services": self.trackers.services(),
            "hold_form": hold_form(),
            "chargeback_form": chargeback_form(payment_views(ledgers, order.id), order.currency),
            "values": FIRST,
        }

    async def chargeback_form(self, order: Order) -> Form:
        ledgers = await self.order_queries.ledgers(order.id)
        return chargeback_form(payment_views(ledgers, order.id), order.currency)

    async def _paid_together(self, order: Order) -> Sequence[tuple[PurchaseOrder, str]]:
        """The orders of the purchase with their addresses; empty if it is this one alone."""
        if order.combined_in is None:
            return ()
        orders = await self.order_queries.paid_together(order.combined_in, self.now())
        return [(each, f"/{self.language}/admin/orders/{each.number}") for each in orders]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderActions:
    """The actions of staff on an order, by their name in the URL."""

    ship_order: Given[ShipOrder]
    deliver_order: Given[DeliverOrder]
    cancel_order: Given[CancelOrder]
    request_refund: Given[RequestRefund]

    async def __call__(self, action: str, order: Order, form: SubmittedForm, actor: str) -> None:
        match action:
            case "ship":
                await self.ship_order(order.id, parcel_of(form, order), actor)
            case "deliver":
                await self.deliver_order(order.id, actor)
            case "cancel":
                await self.cancel_order(order.id, actor)
            case "refund":
                await self.request_refund(order.id, refund_input(form, order, actor))
            case _:
                raise NotFound("page", action)


@get("/orders", include_in_schema=False, opt=needs(ORDERS_READ))
async def list_orders(
    context: Given[AdminContext], order_queries: Given[OrderQueries]
) -> Response[Any]:
    return await listing_response(context, order_listing(order_queries))


@get("/orders/{number:str}", include_in_schema=False, opt=needs(ORDERS_READ))
async def show(context: Given[AdminContext], order_page: Given[OrderPage]) -> Response[bytes]:
    return context.page("order.html", **await order_page.variables())


@post(
    "/orders/{number:str}/{move:str}",
    include_in_schema=False,
    opt=needs(
        ORDERS_READ,
        ship=ORDERS_SHIP,
        deliver=ORDERS_SHIP,
        cancel=ORDERS_CHANGE,
        refund=ORDERS_REFUND,
    )
    | ONE_TIME,
)
async def act(
    number: FromPath[str],
    move: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    order: Given[Order],
    order_page: Given[OrderPage],
    order_actions: Given[OrderActions],
) -> Response[Any]:
    """``ship``, ``deliver``, ``cancel`` or ``refund``."""
    async with context.form_page("order.html", order_page.variables, values=form.values):
        await order_actions(move, order, form, context.actor)
    return context.redirect(f"/orders/{number}?done={move}")


@post(
    "/orders/{number:str}/refunds/{reference:str}/{move:str}",
    include_in_schema=False,
    opt=needs(ORDERS_READ, ORDERS_REFUND) | ONE_TIME,
)
async def act_on_refund(
    number: FromPath[str],
    reference: FromPath[str],
    move: FromPath[str],
    context: Given[AdminContext],
    order: Given[Order],
    order_page: Given[OrderPage],
    retry_refund: Given[RetryRefund],
    replace_refund: Given[ReplaceRefund],
    reverse_refund: Given[ReverseRefund],
) -> Response[Any]:
    """``retry`` or ``replace`` a refund that is blocked or has failed; ``reverse`` a paid one."""
    async with context.form_page("order.html", order_page.variables):
        match move:
            case "retry":
                await retry_refund(order.id, reference)
            case "replace":
                await replace_refund(order.id, reference)
            case "reverse":
                await reverse_refund(order.id, reference)
            case _:
                raise NotFound("page", move)
    return context.redirect(f"/orders/{number}?done={move}")


def parcel_of(form: SubmittedForm, order: Order) -> Parcel:
    """The field ``ship-KEY`` has the units; without it, all unshipped units of the line."""
    quantities = {
        key: form.number(f"ship-{key}", unshipped) for key, unshipped in order.unshipped.items()
    }
    return Parcel(
        carrier=form.text("carrier"),
        tracking_number=form.text("tracking_number"),
        quantities={key: units for key, units in quantities.items() if units},
    )


def refund_input(form: SubmittedForm, order: Order, actor: str) -> RefundInput:
    """Units in the fields ``refund-KEY`` and the shipping, or an ``amount`` in major units."""
    units = {line.key: form.number(f"refund-{line.key}", 0) for line in order.lines}
    amount = form.text("amount")
    return RefundInput(
        reason=RefundReason.GOODWILL,
        actor=actor,
        quantities={key: count for key, count in units.items() if count},
        shipping=form.text("shipping") == "1",
        amount=Money.parse(amount, order.currency) if amount else None,
    )


handlers = [list_orders, show, act, act_on_refund]
