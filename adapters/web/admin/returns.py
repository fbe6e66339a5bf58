"""Goods on their way back, and what needs a person: the after-sales desk."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from adapters.web.admin.desk import Desk
from adapters.web.storefront.visit import Form
from core.application.orders import FindOrder, order_view
from core.application.returns import ExchangeReturn, FindReturn, HandleReturn, RefundReturn
from core.domain.errors import DomainError, NotFound
from core.domain.returns import Return
from ports.media import Media
from ports.storage.ledgers import OrderLedger

ON_A_PAGE = 100


@get("/returns", include_in_schema=False)
async def returns(
    desk: NamedDependency[SkipValidation[Desk]],
    order_ledger: NamedDependency[SkipValidation[OrderLedger]],
) -> Response[bytes]:
    return desk.page(
        "returns.html",
        rows=await order_ledger.open_returns(ON_A_PAGE),
        quarantined=await order_ledger.quarantined(ON_A_PAGE),
    )


@get("/returns/{number:str}/{return_number:str}", include_in_schema=False)
async def goods_back(
    number: FromPath[str],
    return_number: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    find_return: NamedDependency[SkipValidation[FindReturn]],
    media: NamedDependency[SkipValidation[Media]],
) -> Response[bytes]:
    order = await find_order(number, desk.access)
    found = await find_return(order.id, return_number)
    return desk.page(
        "return.html", order=order_view(order, desk.language, media), found=found, values={}
    )


@post("/returns/{number:str}/{return_number:str}/{move:str}", include_in_schema=False)
async def act(
    number: FromPath[str],
    return_number: FromPath[str],
    move: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    find_return: NamedDependency[SkipValidation[FindReturn]],
    handle_return: NamedDependency[SkipValidation[HandleReturn]],
    refund_return: NamedDependency[SkipValidation[RefundReturn]],
    exchange_return: NamedDependency[SkipValidation[ExchangeReturn]],
    media: NamedDependency[SkipValidation[Media]],
) -> Response[Any]:
    """``approve``, ``reject``, ``receive``, ``inspect``, ``refund`` or ``exchange``."""
    form = await Form.of(desk.request)
    order = await find_order(number, desk.access)
    found = await find_return(order.id, return_number)
    try:
        match move:
            case "refund":
                await refund_return(found.id, desk.actor)
            case "exchange":
                await exchange_return(found.id)
            case _:
                await _handle(handle_return, found, move, form)
    except NotFound:
        raise
    except DomainError as error:
        found = await find_return(order.id, return_number)
        return desk.refusal(
            "return.html",
            error,
            order=order_view(order, desk.language, media),
            found=found,
            values=form.values,
        )
    return desk.go(f"/returns/{number}/{return_number}?done={move}")


async def _handle(handle: HandleReturn, found: Return, move: str, form: Form) -> None:
    match move:
        case "approve":
            await handle.approve(found.id)
        case "reject":
            await handle.reject(found.id, form.text("answer"))
        case "receive":
            await handle.receive(found.id, form.text("tracking_number"))
        case "inspect":
            accepted = {sku: form.number(f"accepted-{sku}", 0) for sku in found.quantities}
            await handle.inspect(found.id, accepted, restock=form.text("restock") == "1")
        case _:
            raise NotFound("page", move)


handlers = [returns, goods_back, act]
