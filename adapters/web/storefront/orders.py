"""An order's page: to pay it, follow it, or call it off."""

from typing import Any

import segno
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Redirect as RedirectResponse
from markupsafe import Markup

from adapters.boundary.ports import Trackers
from adapters.web.addresses import Addresses
from adapters.web.storefront.visit import Form, Visit
from core.application.browsing import SuggestProducts
from core.application.gateways import Gateways
from core.application.orders import CancelOrder, FindOrder, OrderAccess, OrderView, order_view
from core.application.payments import CheckPayments, StartPayment
from core.domain.errors import DomainError
from core.domain.order import Order, OrderState
from ports.errors import PortError
from ports.media import Media
from ports.payment import FormPost, QrCode, Redirect
from ports.storage.ledgers import OrderLedger


@get("/orders/{number:str}", include_in_schema=False)
async def order(
    number: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    check_payments: NamedDependency[SkipValidation[CheckPayments]],
    suggest_products: NamedDependency[SkipValidation[SuggestProducts]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
    gateways: NamedDependency[SkipValidation[Gateways]],
    trackers: NamedDependency[SkipValidation[Trackers]],
    media: NamedDependency[SkipValidation[Media]],
) -> Response[bytes]:
    """With ``key`` from a guest's link, or for the member whose order it is."""
    found = await find_order(number, _access(visit))
    waiting = False
    if found.state is OrderState.PLACED and await order_ledger.payments(found.id):
        await check_payments(found.id)
        found = await find_order(number, _access(visit))
        waiting = found.state is OrderState.PLACED
    return await visit.page(
        "order.html",
        **_context(visit, found, gateways, media),
        waiting=waiting,
        tracking=await _tracking(found, trackers),
        suggestions=await suggest_products(
            [line.product_id for line in found.lines], visit.language
        ),
    )


@post("/orders/{number:str}/pay", include_in_schema=False)
async def pay(
    number: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    start_payment: NamedDependency[SkipValidation[StartPayment]],
    addresses: NamedDependency[SkipValidation[Addresses]],
    gateways: NamedDependency[SkipValidation[Gateways]],
    media: NamedDependency[SkipValidation[Media]],
) -> Response[Any]:
    form = await Form.of(visit.request)
    found = await find_order(number, _access(visit))
    gateway = form.text("gateway")
    try:
        action = await start_payment(
            found.id, gateway, addresses.of(number, visit.language, gateway)
        )
    except (DomainError, PortError) as error:
        return await visit.refusal(
            "order.html",
            error,
            **_context(visit, found, gateways, media),
            waiting=False,
            tracking=(),
            suggestions=(),
        )
    match action:
        case Redirect(url):
            return RedirectResponse(url, status_code=303)
        case FormPost() | QrCode():
            return await visit.page(
                "pay.html",
                order=order_view(found, visit.language, media),
                action=action,
                qr=_qr(action.text) if isinstance(action, QrCode) else "",
                back=addresses.order_path(number, visit.language),
            )


@post("/orders/{number:str}/cancel", include_in_schema=False)
async def cancel(
    number: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    cancel_order: NamedDependency[SkipValidation[CancelOrder]],
    gateways: NamedDependency[SkipValidation[Gateways]],
    media: NamedDependency[SkipValidation[Media]],
    addresses: NamedDependency[SkipValidation[Addresses]],
) -> Response[Any]:
    found = await find_order(number, _access(visit))
    try:
        await cancel_order(found.id, "customer")
    except DomainError as error:
        found = await find_order(number, _access(visit))
        return await visit.refusal(
            "order.html",
            error,
            **_context(visit, found, gateways, media),
            waiting=False,
            tracking=(),
            suggestions=(),
        )
    return RedirectResponse(addresses.order_path(number, visit.language), status_code=303)


def _access(visit: Visit) -> OrderAccess:
    return OrderAccess(
        customer_id=visit.customer_id, token=visit.request.query_params.get("key", "")[:100]
    )


def _context(visit: Visit, found: Order, gateways: Gateways, media: Media) -> dict[str, Any]:
    shown: OrderView = order_view(found, visit.language, media)
    return {
        "order": shown,
        "gateways": gateways.by_code.values(),
        "key": visit.request.query_params.get("key", ""),
    }


async def _tracking(found: Order, trackers: Trackers) -> tuple[tuple[str, str, str], ...]:
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


def _qr(text: str) -> Markup:
    drawn = segno.make(text, error="m").svg_inline(scale=6, border=2)
    return Markup(drawn)  # noqa: S704 -- segno draws paths alone, whatever the text is


handlers = [order, pay, cancel]
