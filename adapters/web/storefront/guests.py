"""A guest's own data: a link is sent to the e-mail address, and what it opens."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Stream

from adapters.contacts.normalisation import known_contact
from adapters.web.downloads import sent_once
from adapters.web.storefront.orders import OrderDesk, access_of
from adapters.web.storefront.visit import Form, Visit
from core.application.orders import FindOrder
from core.application.privacy.answering import AnswerAccess
from core.application.privacy.requests import OpenRequest
from core.application.proving import AskForDataLink, OpenDataLink
from core.domain.errors import DomainError
from core.domain.privacy.request import RequestKind

BY_MAIL = "link to the e-mail address"


@post("/orders/{number:str}/data", include_in_schema=False)
async def ask(
    number: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    find_order: NamedDependency[SkipValidation[FindOrder]],
    ask_for_data_link: NamedDependency[SkipValidation[AskForDataLink]],
    order_desk: NamedDependency[SkipValidation[OrderDesk]],
) -> Response[Any]:
    """The answer is the same whether the address is the order's or not."""
    form = await Form.of(visit.request)
    found = await find_order(number, access_of(visit))
    context = await order_desk.context(visit, found)
    try:
        await ask_for_data_link(found, known_contact(form.text("contact")))
    except DomainError as error:
        return await visit.refusal("orders/order.html", error, **{**context, "values": form.values})
    return await visit.page("orders/order.html", **context, link_sent=True)


@get("/data/{token:str}", include_in_schema=False)
async def look(
    token: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    open_data_link: NamedDependency[SkipValidation[OpenDataLink]],
) -> Response[Any]:
    subject = await open_data_link.look(token[:100])
    return await visit.page("privacy/guest_data.html", token=token, contact=min(subject.contacts))


@post("/data/{token:str}/copy", include_in_schema=False)
async def copy(
    token: FromPath[str],
    open_data_link: NamedDependency[SkipValidation[OpenDataLink]],
    open_request: NamedDependency[SkipValidation[OpenRequest]],
    answer_access: NamedDependency[SkipValidation[AnswerAccess]],
) -> Stream:
    subject = await open_data_link.use(token[:100])
    request = await open_request(RequestKind.ACCESS, subject, BY_MAIL)
    return await sent_once(lambda folder: answer_access.path(request, folder))


@post("/data/{token:str}/erasure", include_in_schema=False)
async def erasure(
    token: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    open_data_link: NamedDependency[SkipValidation[OpenDataLink]],
    open_request: NamedDependency[SkipValidation[OpenRequest]],
) -> Response[Any]:
    subject = await open_data_link.use(token[:100])
    request = await open_request(RequestKind.ERASURE, subject, BY_MAIL)
    return await visit.page("privacy/guest_data.html", asked=request)


entrances = [copy, erasure]
clicks = [ask]
handlers = [look]
