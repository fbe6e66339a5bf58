"""An order's page: to pay it, follow it, call it off, or send goods back."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Redirect

from adapters.web.addresses import Addresses, scene_of
from adapters.web.storefront.paying import pay_page
from adapters.web.storefront.visit import Form, Visit
from core.application.browsing import SuggestProducts
from core.application.gateways import Gateways
from core.application.orders import CancelOrder, FindOrder, OrderAccess, order_view
from core.application.payments import CheckPayments, StartPayment
from core.application.returns import FindReturn, HandleReturn, RequestReturn
from core.domain.errors import DomainError, Invalid
from core.domain.identifiers import Sku
from core.domain.order import Order, OrderState
from core.domain.returns import Remedy, ReturnReason, Wish
from ports.errors import PortError
from ports.mail import Mailer
from ports.media import Media
from ports.shipping import TracksParcels
from ports.storage.ledgers import OrderLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDesk:
    """What the page of an order is made with."""

    ledger: OrderLedger
    gateways: Gateways
    trackers: TracksParcels
    suggest_products: SuggestProducts
    media: Media
    mailer: Mailer | None

    async def context(self, visit: Visit, found: Order, *, waiting: bool = False) -> dict[str, Any]:
        return {
            "order": order_view(found, visit.language, self.media),
            "gateways": self.gateways.by_code.values(),
            "key": visit.request.query_params.get("key", ""),
            "waiting": waiting,
            "refunds": await self.ledger.refunds(found.id),
            "returns": await self.ledger.returns(found.id),
            "reasons": tuple(ReturnReason),
            "remedies": tuple(Remedy),
            "letters": self.mailer is not None,
            "tracking": await _tracking(found, self.trackers),
            "suggestions": await self.suggest_products(
                [line.product_id for line in found.lines], visit.language
            ),
            "values": {},
        }


def open_order_desk(
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
    gateways: NamedDependency[SkipValidation[Gateways]],
    trackers: NamedDependency[SkipValidation[TracksParcels]],
    suggest_products: NamedDependency[SkipValidation[SuggestProducts]],
    media: NamedDependency[SkipValidation[Media]],
    mailer: NamedDependency[SkipValidation[Mailer | None]],
) -> OrderDesk:
    return OrderDesk(
        ledger=order_ledger,
        gateways=gateways,
        trackers=trackers,
        suggest_products=suggest_products,
        media=media,
        mailer=mailer,
    )


@get("/orders/{number:str}", include_in_schema=False)
async def order(
    number: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    check_payments: NamedDependency[SkipValidation[CheckPayments]],
    order_desk: NamedDependency[SkipValidation[OrderDesk]],
) -> Response[bytes]:
    """With ``key`` from a guest's link, or for the member whose order it is."""
    found = await find_order(number, access_of(visit))
    waiting = False
    if found.state is OrderState.PLACED and await order_desk.ledger.payments(found.id):
        await check_payments(found.id)
        found = await find_order(number, access_of(visit))
        waiting = found.state is OrderState.PLACED
    context = await order_desk.context(visit, found, waiting=waiting)
    return await visit.page("order.html", **context)


@post("/orders/{number:str}/pay", include_in_schema=False)
async def pay(
    number: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    start_payment: NamedDependency[SkipValidation[StartPayment]],
    addresses: NamedDependency[SkipValidation[Addresses]],
    order_desk: NamedDependency[SkipValidation[OrderDesk]],
) -> Response[Any]:
    form = await Form.of(visit.request)
    found = await find_order(number, access_of(visit))
    code = form.text("gateway")
    try:
        scene = scene_of(visit.request, order_desk.gateways.by_code.get(code))
        wish = addresses.wish(visit.request, number, visit.language, code, scene)
        action = await start_payment(found.id, wish)
    except (DomainError, PortError) as error:
        return await visit.refusal("order.html", error, **await order_desk.context(visit, found))
    return await pay_page(visit, number, action, addresses)


@post("/orders/{number:str}/cancel", include_in_schema=False)
async def cancel(
    number: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    cancel_order: NamedDependency[SkipValidation[CancelOrder]],
    addresses: NamedDependency[SkipValidation[Addresses]],
    order_desk: NamedDependency[SkipValidation[OrderDesk]],
) -> Response[Any]:
    found = await find_order(number, access_of(visit))
    try:
        await cancel_order(found.id, "customer")
    except DomainError as error:
        found = await find_order(number, access_of(visit))
        return await visit.refusal("order.html", error, **await order_desk.context(visit, found))
    return Redirect(addresses.order_path(number, visit.language), status_code=303)


@post("/orders/{number:str}/returns", include_in_schema=False)
async def send_back(
    number: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    request_return: NamedDependency[SkipValidation[RequestReturn]],
    addresses: NamedDependency[SkipValidation[Addresses]],
    order_desk: NamedDependency[SkipValidation[OrderDesk]],
) -> Response[Any]:
    """Ask to send goods back: ``units-SKU`` for each line."""
    form = await Form.of(visit.request)
    found = await find_order(number, access_of(visit))
    try:
        await request_return(found.id, wish_of(form, found))
    except DomainError as error:
        context = await order_desk.context(visit, found)
        return await visit.refusal("order.html", error, **{**context, "values": form.values})
    return Redirect(addresses.order_path(number, visit.language), status_code=303)


@post("/orders/{number:str}/returns/{return_number:str}/withdraw", include_in_schema=False)
async def withdraw(
    number: FromPath[str],
    return_number: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    find_return: NamedDependency[SkipValidation[FindReturn]],
    handle_return: NamedDependency[SkipValidation[HandleReturn]],
    addresses: NamedDependency[SkipValidation[Addresses]],
) -> Response[Any]:
    found = await find_order(number, access_of(visit))
    goods_back = await find_return(found.id, return_number)
    await handle_return.withdraw(goods_back.id)
    return Redirect(addresses.order_path(number, visit.language), status_code=303)


def wish_of(form: Form, found: Order) -> Wish:
    """Raises `Invalid`."""
    units = {line.sku: form.number(f"units-{line.sku}", 0) for line in found.lines}
    try:
        reason, remedy = ReturnReason(form.text("reason")), Remedy(form.text("remedy"))
    except ValueError as error:
        raise Invalid("reason", "Choose a reason, and what you want for the goods.") from error
    return Wish(
        quantities={Sku(sku): count for sku, count in units.items() if count > 0},
        reason=reason,
        remedy=remedy,
        note=form.text("note"),
    )


def access_of(visit: Visit) -> OrderAccess:
    return OrderAccess(
        customer_id=visit.customer_id, token=visit.request.query_params.get("key", "")[:100]
    )


async def _tracking(found: Order, trackers: TracksParcels) -> tuple[tuple[str, str, str], ...]:
    """``(carrier's name, number, address of its page)`` per shipment."""
    names = {service.code: service.name for service in trackers.services()}
    rows = []
    for shipment in found.shipments:
        name = names.get(shipment.carrier)
        try:
            known = await trackers.track(shipment.carrier, shipment.tracking_number)
            url = known.url
        except PortError:
            url = ""
        shown = name.in_language(found.language) if name else shipment.carrier
        rows.append((shown, shipment.tracking_number, url))
    return tuple(rows)


handlers = [order, pay, cancel, send_back, withdraw]
