"""The forms that move money or goods, as the pages show them."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

from sqlalchemy import func, select

from adapters.database.tables.fulfillment import shipments
from adapters.database.tables.orders import orders
from adapters.database.tables.payments import refunds
from adapters.database.tables.pricing import price_list_prices
from adapters.database.tables.returns import returns
from adapters.database.tables.stock import stock_movements
from core.application.orders.checkout import PlacedOrder
from core.domain.orders.holds import Blocked, Hold
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.pricing.price_lists import PriceList
from core.domain.returns import Remedy, Return, ReturnInput, ReturnReason
from core.domain.text import Text
from tests.bank import LINE, SMALL
from tests.web.browsing import ADDRESS, CHOICE
from tests.web.keyed_coupons import COUPONS, new_batch
from tests.web.keyed_requests import MEMBER, STAFF, World, entries_of, payments_of, refunds_in, rows

FORM = re.compile(r'<form\s+method="post"\s+action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A form as a page shows it. ``effects`` is 0 before, and 1 after it took effect once."""

    page: str
    action: str
    effects: Callable[[], Awaitable[int]]
    fields: dict[str, str]


async def sign_in(world: World) -> None:
    await world.client.post("/zh/admin/login", data=STAFF)


def of_order(world: World, placed: PlacedOrder, action: str, table: Any, **fields: str) -> Shown:
    page = f"/zh/admin/orders/{placed.number}"
    effects = world.count(rows(table, placed.id))
    return Shown(page=page, action=f"{page}/{action}", effects=effects, fields=fields)


async def refund(world: World) -> Shown:
    return of_order(world, await world.paid(), "refund", refunds, amount="1.00")


async def failed_refund(world: World, move: str, state: str) -> Shown:
    placed, reference = await world.failed_refund()
    page = f"/zh/admin/orders/{placed.number}"
    effects = world.count(refunds_in(state, reference))
    return Shown(page=page, action=f"{page}/refunds/{reference}/{move}", effects=effects, fields={})


async def retry_refund(world: World) -> Shown:
    return await failed_refund(world, "retry", "requested")


async def replace_refund(world: World) -> Shown:
    return await failed_refund(world, "replace", "replaced")


async def reverse_refund(world: World) -> Shown:
    placed, reference = await world.succeeded_refund()
    page = f"/zh/admin/orders/{placed.number}"
    effects = world.count(refunds_in("reversed", reference))
    return Shown(
        page=page, action=f"{page}/refunds/{reference}/reverse", effects=effects, fields={}
    )


async def chargeback(world: World) -> Shown:
    placed, payment = await world.captured()
    page = f"/zh/admin/orders/{placed.number}"
    fields = {"payment": payment.reference, "case": "D-1", "taken": "1.00"}
    effects = world.count(entries_of(payment, "chargeback"))
    return Shown(page=page, action=f"{page}/chargebacks", effects=effects, fields=fields)


async def reinstate_chargeback(world: World) -> Shown:
    placed, payment = await world.charged_back()
    page = f"/zh/admin/orders/{placed.number}"
    action = f"{page}/payments/{payment.reference}/chargebacks/D-1/reinstate"
    effects = world.count(entries_of(payment, "chargeback_reinstated"))
    return Shown(page=page, action=action, effects=effects, fields={})


async def ship(world: World) -> Shown:
    fields = {"carrier": "sf", "tracking_number": "SF1234567890", f"ship-{LINE}": "1"}
    return of_order(world, await world.paid(), "ship", shipments, **fields)


async def moved(world: World, placed: PlacedOrder, action: str, move: str) -> Shown:
    page = f"/zh/admin/orders/{placed.number}"
    return Shown(
        page=page, action=f"{page}/{action}", effects=world.moves_of(placed, move), fields={}
    )


async def deliver(world: World) -> Shown:
    return await moved(world, await world.shipped(), "deliver", "deliver_rest")


async def cancel(world: World) -> Shown:
    return await moved(world, await world.paid(), "cancel", "cancel")


async def hold(world: World) -> Shown:
    placed = await world.paid()
    fields = {"reason": "审核", "block-ship": "1", "hours": "2", "then": "lift"}
    page = f"/zh/admin/orders/{placed.number}"
    effects = world.moves_of(placed, "hold")
    return Shown(page=page, action=f"{page}/holds", effects=effects, fields=fields)


async def lift_hold(world: World) -> Shown:
    placed = await world.paid()
    blocks = frozenset({Blocked.SHIP})
    review = Hold(code="review", blocks=blocks, reason=Text({"zh": "审核"}))
    await world.shop.place_hold()(placed.id, review, "staff")
    return await moved(world, placed, "holds/review/lift", "lift_hold")


async def requested(world: World) -> tuple[PlacedOrder, Return]:
    placed = await world.delivered()
    details = ReturnInput(
        quantities={LINE: 1}, reason=ReturnReason.DAMAGED, remedy=Remedy.REFUND, note=""
    )
    return placed, await world.shop.request_return()(placed.id, details)


async def inspected(world: World) -> tuple[PlacedOrder, Return]:
    placed, return_ = await requested(world)
    handle = world.shop.handle_return()
    await handle.approve(return_.id)
    await handle.receive(return_.id, "")
    await handle.inspect(return_.id, {LINE: 1}, restock=False)
    return placed, return_


def of_return(
    world: World, placed: PlacedOrder, return_: Return, action: str, state: str, **fields: str
) -> Shown:
    page = f"/zh/admin/returns/{placed.number}/{return_.number}"

    async def reached() -> int:
        found = await world.shop.find_return()(placed.id, return_.number)
        return int(found.state == state)

    return Shown(page=page, action=f"{page}/{action}", effects=reached, fields=fields)


async def approve(world: World) -> Shown:
    return of_return(world, *await requested(world), "approve", "approved")


async def receive(world: World) -> Shown:
    placed, return_ = await requested(world)
    await world.shop.handle_return().approve(return_.id)
    return of_return(world, placed, return_, "receive", "received", tracking_number="")


async def inspect(world: World) -> Shown:
    placed, return_ = await requested(world)
    await world.shop.handle_return().approve(return_.id)
    await world.shop.handle_return().receive(return_.id, "")
    fields = {f"accepted-{LINE}": "1"}
    return of_return(world, placed, return_, "inspect", "inspected", **fields)


async def reject(world: World) -> Shown:
    return of_return(world, *await requested(world), "reject", "rejected", answer="不符合")


async def refund_return(world: World) -> Shown:
    placed, return_ = await inspected(world)
    shown = of_return(world, placed, return_, "refund", "")
    effects = world.count(rows(refunds, placed.id))
    return Shown(page=shown.page, action=shown.action, effects=effects, fields={})


async def exchange(world: World) -> Shown:
    placed, return_ = await inspected(world)
    shown = of_return(world, placed, return_, "exchange", "")
    effects = world.count(select(func.count()).where(orders.c.replaces == placed.id))
    return Shown(page=shown.page, action=shown.action, effects=effects, fields={})


async def count_stock(world: World) -> Shown:
    page = "/zh/admin/products/celadon-teapot"
    counts = select(func.count()).where(stock_movements.c.kind == "count")
    fields = {"sku": SMALL, "location": "main", "on_hand": "77", "backorder_limit": "0"}
    return Shown(
        page=page,
        action=f"{page}/stock",
        effects=await world.count_new(counts),
        fields=fields,
    )


async def replace_prices(world: World) -> Shown:
    await world.shop.save_price_list()(PriceList(code="vip", ladders={}))
    page = "/zh/admin/price-lists/vip"
    return Shown(
        page=page,
        action=f"{page}/prices",
        effects=await world.count_new(select(func.count()).select_from(price_list_prices)),
        fields={"prices": f"list,sku,quantity,price\nvip,{SMALL},1,150"},
    )


async def change_prices(world: World) -> Shown:
    await world.shop.save_price_list()(PriceList(code="gold", ladders={}))
    page = "/zh/admin/price-lists/gold"
    return Shown(
        page=page,
        action=f"{page}/prices/changes",
        effects=await world.count_new(select(func.count()).select_from(price_list_prices)),
        fields={"new-sku-0": SMALL, "new-price-0": "150"},
    )


async def place(world: World) -> Shown:
    await world.client.post("/zh/p/celadon-teapot", data=CHOICE)
    await world.client.post("/zh/checkout", data=ADDRESS)
    review = (await world.client.get("/zh/checkout/review")).text
    shipping = re.findall(r'name="shipping"\s+value="([^"]+)"', review)[0]
    effects = await world.count_new(select(func.count()).select_from(orders))
    return Shown(
        page="/zh/checkout/review",
        action="/zh/checkout/review",
        effects=effects,
        fields={"shipping": shipping, "gateway": "bank"},
    )


def own(placed: PlacedOrder, action: str = "") -> str:
    return f"/zh/orders/{placed.number}{action}?key={placed.access_token}"


async def pay(world: World) -> Shown:
    placed = await world.placed()
    effects = world.count(payments_of(placed.id))
    fields = {"gateway": "bank"}
    return Shown(page=own(placed), action=own(placed, "/pay"), effects=effects, fields=fields)


async def cancel_own(world: World) -> Shown:
    placed = await world.paid()
    effects = world.moves_of(placed, "cancel")
    return Shown(page=own(placed), action=own(placed, "/cancel"), effects=effects, fields={})


async def request_return(world: World) -> Shown:
    placed = await world.delivered()
    return Shown(
        page=own(placed),
        action=own(placed, "/returns"),
        effects=world.count(rows(returns, placed.id)),
        fields={f"units-{LINE}": "1", "reason": "damaged", "remedy": "refund"},
    )


async def withdraw(world: World) -> Shown:
    placed, return_ = await requested(world)
    withdrawn = of_return(world, placed, return_, "", "withdrawn").effects
    action = own(placed, f"/returns/{return_.number}/withdraw")
    return Shown(page=own(placed), action=action, effects=withdrawn, fields={})


async def take_coupon(world: World) -> Shown:
    batch = await new_batch(world, CouponKind.CLAIMED)
    await world.client.post("/zh/login", data=MEMBER)
    return Shown(
        page="/zh/coupons",
        action=f"/zh/coupons/{batch}",
        effects=await world.count_new(COUPONS),
        fields={},
    )


FORMS: tuple[tuple[str, tuple[Callable[[World], Awaitable[Shown]], ...]], ...] = (
    ("/admin/orders/{number:str}/{move:str}", (refund, ship, deliver, cancel)),
    (
        "/admin/returns/{number:str}/{return_number:str}/{move:str}",
        (approve, receive, inspect, reject, refund_return, exchange),
    ),
    (
        "/admin/orders/{number:str}/refunds/{reference:str}/{move:str}",
        (retry_refund, replace_refund, reverse_refund),
    ),
    ("/admin/orders/{number:str}/chargebacks", (chargeback,)),
    (
        "/admin/orders/{number:str}/payments/{reference:str}/chargebacks/{case:str}/reinstate",
        (reinstate_chargeback,),
    ),
    ("/admin/products/{handle:str}/stock", (count_stock,)),
    ("/admin/plugins/{plugin:str}/{path:path}", ()),  # see tests/plugins/test_admin_pages.py
    ("/admin/price-lists/{code:str}/prices", (replace_prices,)),
    ("/admin/price-lists/{code:str}/prices/changes", (change_prices,)),
    ("/checkout/review", (place,)),
    ("/coupons/{batch:str}", (take_coupon,)),
    ("/orders/{number:str}/pay", (pay,)),
    ("/admin/orders/{number:str}/holds", (hold,)),
    ("/admin/orders/{number:str}/holds/{code:str}/lift", (lift_hold,)),
    ("/orders/{number:str}/cancel", (cancel_own,)),
    ("/orders/{number:str}/returns", (request_return,)),
    ("/orders/{number:str}/returns/{return_number:str}/withdraw", (withdraw,)),
)


async def fields_of(world: World, shown: Shown) -> dict[str, str]:
    """Open the page, and fill in the form."""
    html = (await world.client.get(shown.page)).text
    content = next(
        content for action, content in FORM.findall(html) if unescape(action) == shown.action
    )
    hidden = dict(HIDDEN.findall(content))
    assert "once" in hidden, shown.action
    return {**hidden, **shown.fields}
