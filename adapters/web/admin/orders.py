"""Orders in the back office: list, look, ship, cancel."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, SkipValidation

from adapters.web.admin.desk import Desk
from adapters.web.storefront.visit import Form
from core.application.orders import (
    CancelOrder,
    DeliverOrder,
    FindOrder,
    Parcel,
    ShipOrder,
    order_view,
)
from core.application.refunds import RefundWish, RequestRefund
from core.domain.errors import DomainError, NotFound
from core.domain.money import Money
from core.domain.order import Order, OrderStage
from core.domain.refund import RefundReason
from ports.media import Media
from ports.shipping import TracksParcels
from ports.storage.ledgers import OrderLedger

ON_A_PAGE = 50


@get("/orders", include_in_schema=False)
async def orders(
    desk: NamedDependency[SkipValidation[Desk]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
) -> Response[bytes]:
    wanted = desk.asked("state")
    state = OrderStage(wanted) if wanted in set(OrderStage) else None
    rows, cursor = await order_ledger.list(
        customer_id=None,
        state=state,
        words=desk.asked("q"),
        language=desk.language,
        limit=ON_A_PAGE,
        cursor=desk.asked("cursor"),
    )
    return desk.page(
        "orders.html",
        rows=rows,
        cursor=cursor,
        words=desk.asked("q"),
        state=state,
        states=tuple(OrderStage),
    )


@get("/orders/{number:str}", include_in_schema=False)
async def order(
    number: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
    trackers: NamedDependency[SkipValidation[TracksParcels]],
    media: NamedDependency[SkipValidation[Media]],
) -> Response[bytes]:
    found = await find_order(number, desk.access)
    return desk.page("order.html", **await _context(desk, found, order_ledger, trackers, media))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoves:
    """What a colleague can do to an order."""

    ship_order: ShipOrder
    deliver_order: DeliverOrder
    cancel_order: CancelOrder
    request_refund: RequestRefund

    async def act(self, move: str, order: Order, form: Form, actor: str) -> None:
        match move:
            case "ship":
                await self.ship_order(order.id, parcel_of(form, order), actor)
            case "deliver":
                await self.deliver_order(order.id, actor)
            case "cancel":
                await self.cancel_order(order.id, actor)
            case "refund":
                await self.request_refund(order.id, refund_wish(form, order, actor))
            case _:
                raise NotFound("page", move)


def order_moves(
    ship_order: NamedDependency[SkipValidation[ShipOrder]],
    deliver_order: NamedDependency[SkipValidation[DeliverOrder]],
    cancel_order: NamedDependency[SkipValidation[CancelOrder]],
    request_refund: NamedDependency[SkipValidation[RequestRefund]],
) -> OrderMoves:
    return OrderMoves(
        ship_order=ship_order,
        deliver_order=deliver_order,
        cancel_order=cancel_order,
        request_refund=request_refund,
    )


@post(
    "/orders/{number:str}/{move:str}",
    include_in_schema=False,
    dependencies={"moves": Provide(order_moves, sync_to_thread=False)},
)
async def act(
    number: FromPath[str],
    move: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    moves: NamedDependency[SkipValidation[OrderMoves]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
    trackers: NamedDependency[SkipValidation[TracksParcels]],
    media: NamedDependency[SkipValidation[Media]],
) -> Response[Any]:
    """``ship``, ``deliver``, ``cancel`` or ``refund``."""
    form = await Form.of(desk.request)
    found = await find_order(number, desk.access)
    try:
        await moves.act(move, found, form, desk.actor)
    except NotFound:
        raise
    except DomainError as error:
        found = await find_order(number, desk.access)
        context = await _context(desk, found, order_ledger, trackers, media)
        return desk.refusal("order.html", error, **{**context, "values": form.values})
    return desk.go(f"/orders/{number}?done={move}")


def parcel_of(form: Form, order: Order) -> Parcel:
    """Units of ``ship-SKU`` fields; all that is left if there are none."""
    named = {sku: form.number(f"ship-{sku}", left) for sku, left in order.unshipped.items()}
    return Parcel(
        carrier=form.text("carrier"),
        tracking_number=form.text("tracking_number"),
        quantities={sku: units for sku, units in named.items() if units},
    )


def refund_wish(form: Form, order: Order, actor: str) -> RefundWish:
    """Units of ``refund-SKU`` fields and the shipping, or an ``amount`` as people write it."""
    units = {line.sku: form.number(f"refund-{line.sku}", 0) for line in order.lines}
    amount = form.text("amount")
    return RefundWish(
        reason=RefundReason.GOODWILL,
        actor=actor,
        quantities={sku: count for sku, count in units.items() if count},
        shipping=form.text("shipping") == "1",
        amount=Money.parse(amount, order.currency) if amount else None,
    )


async def _context(
    desk: Desk, found: Order, order_ledger: OrderLedger, trackers: TracksParcels, media: Media
) -> dict[str, Any]:
    return {
        "order": order_view(found, desk.language, media),
        "unshipped": found.unshipped,
        "payments": await order_ledger.payments(found.id),
        "balances": await order_ledger.balances(found.id),
        "refunds": await order_ledger.refunds(found.id),
        "returns": await order_ledger.returns(found.id),
        "services": trackers.services(),
        "values": {},
    }


handlers = [orders, order, act]
