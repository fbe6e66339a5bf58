"""Privacy requests of a guest: a link by e-mail gives access to the copy and the erasure."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from adapters.contacts.normalisation import contact_or_text
from adapters.web.dependencies import Given
from adapters.web.downloads import stream_download
from adapters.web.forms import SubmittedForm
from adapters.web.storefront.context import MAX_TOKEN_LENGTH, StorefrontContext
from adapters.web.storefront.orders.page import OrderPage
from core.application.privacy.data_links import OpenDataLink, RequestDataLink
from core.application.privacy.requests import OpenRequest
from core.application.privacy.responses import AnswerAccess
from core.domain.orders.order import Order
from core.domain.privacy.request import RequestKind

VERIFIED_BY = "link to the e-mail address"


@post("/orders/{number:str}/data", include_in_schema=False)
async def send_link(
    context: Given[StorefrontContext],
    form: Given[SubmittedForm],
    order: Given[Order],
    order_page: Given[OrderPage],
    request_data_link: Given[RequestDataLink],
) -> Response[Any]:
    """The response does not reveal whether the order has this contact."""
    async with context.form_page("orders/order.html", order_page.variables, values=form.values):
        await request_data_link(order, contact_or_text(form.text("contact")))
    return await context.page("orders/order.html", **await order_page.variables(), link_sent=True)


@get("/data/{token:str}", include_in_schema=False)
async def show(
    token: FromPath[str],
    context: Given[StorefrontContext],
    open_data_link: Given[OpenDataLink],
) -> Response[Any]:
    subject = await open_data_link.find(token[:MAX_TOKEN_LENGTH])
    return await context.page("privacy/guest_data.html", token=token, contact=min(subject.contacts))


@post("/data/{token:str}/copy", include_in_schema=False)
async def copy(
    token: FromPath[str],
    open_data_link: Given[OpenDataLink],
    open_request: Given[OpenRequest],
    answer_access: Given[AnswerAccess],
) -> Stream:
    subject = await open_data_link.use(token[:MAX_TOKEN_LENGTH])
    request = await open_request(RequestKind.ACCESS, subject, VERIFIED_BY)
    return await stream_download(lambda folder: answer_access.path(request, folder))


@post("/data/{token:str}/erasure", include_in_schema=False)
async def erasure(
    token: FromPath[str],
    context: Given[StorefrontContext],
    open_data_link: Given[OpenDataLink],
    open_request: Given[OpenRequest],
) -> Response[Any]:
    subject = await open_data_link.use(token[:MAX_TOKEN_LENGTH])
    request = await open_request(RequestKind.ERASURE, subject, VERIFIED_BY)
    return await context.page("privacy/guest_data.html", request=request)


handlers = [show]
sign_in_limited_handlers = [copy, erasure]
write_limited_handlers = [send_link]
