"""Privacy requests of a customer: consents, copy, correction, restriction and erasure."""

from typing import Any

from litestar import Response, get, post
from litestar.response import Stream

from adapters.contacts.normalisation import normal_contact
from adapters.web.dependencies import Given
from adapters.web.downloads import stream_download
from adapters.web.forms import SubmittedForm
from adapters.web.storefront.context import StorefrontContext
from adapters.web.storefront.privacy.page import MyDataPage
from core.application.customers.sessions import ConfirmPassword
from core.application.privacy.consents import DecideConsent
from core.application.privacy.requests import OpenRequest
from core.application.privacy.responses import AnswerAccess, CarryOutRequest, LiftRestriction
from core.domain.accounts import Caller
from core.domain.errors import NotFound
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import Channel
from core.domain.privacy.records import Subject
from core.domain.privacy.request import IMMEDIATE_KINDS, RequestKind

VERIFIED_BY = "password"


@get("/account/privacy", include_in_schema=False)
async def my_data(my_data_page: Given[MyDataPage]) -> Response[Any]:
    return await my_data_page.show()


@post("/account/privacy/consent", include_in_schema=False)
async def set_consent(
    context: Given[StorefrontContext],
    member: Given[CustomerId],
    form: Given[SubmittedForm],
    decide_consent: Given[DecideConsent],
) -> Response[Any]:
    """Give or withdraw a consent; both take one click."""
    await decide_consent(
        member,
        form.text("purpose"),
        given=form.text("given") == "1",
        language=context.language,
        channel=Channel.WEB,
    )
    return context.redirect("/account/privacy#choices")


@post("/account/privacy/copy", include_in_schema=False)
async def copy(
    member: Given[CustomerId],
    form: Given[SubmittedForm],
    my_data_page: Given[MyDataPage],
    confirm_password: Given[ConfirmPassword],
    caller: Given[Caller],
    open_request: Given[OpenRequest],
    answer_access: Given[AnswerAccess],
) -> Stream:
    """The response is the bundle itself: a link to it could leak."""
    kind = RequestKind.PORTABILITY if form.text("kind") == "portability" else RequestKind.ACCESS
    async with my_data_page.form(values=form.values):
        await confirm_password(member, form.password(), caller)
        request = await open_request(kind, subject_of(member), VERIFIED_BY)
    return await stream_download(lambda folder: answer_access.path(request, folder))


@post("/account/privacy/request", include_in_schema=False)
async def change_processing(
    context: Given[StorefrontContext],
    member: Given[CustomerId],
    form: Given[SubmittedForm],
    my_data_page: Given[MyDataPage],
    confirm_password: Given[ConfirmPassword],
    caller: Given[Caller],
    open_request: Given[OpenRequest],
    carry_out_request: Given[CarryOutRequest],
) -> Response[Any]:
    """Request a correction or a restriction, or object to processing."""
    if form.text("kind") not in IMMEDIATE_KINDS:
        raise NotFound("page", form.text("kind"))
    kind = RequestKind(form.text("kind"))
    async with my_data_page.form(values=form.values):
        await confirm_password(member, form.password(), caller)
        corrections = corrections_of(form) if kind is RequestKind.RECTIFICATION else {}
        request = await open_request(kind, subject_of(member), VERIFIED_BY, corrections=corrections)
        await carry_out_request(request, Channel.WEB)
    return context.redirect(f"/account/privacy?done={kind}")


@post("/account/privacy/lift", include_in_schema=False)
async def end_restriction(
    context: Given[StorefrontContext],
    member: Given[CustomerId],
    lift_restriction: Given[LiftRestriction],
) -> Response[Any]:
    """End the restriction: the shop may process the data again."""
    await lift_restriction(member)
    return context.redirect("/account/privacy")


@post("/account/privacy/erasure", include_in_schema=False)
async def erasure(
    member: Given[CustomerId],
    form: Given[SubmittedForm],
    my_data_page: Given[MyDataPage],
    confirm_password: Given[ConfirmPassword],
    caller: Given[Caller],
    open_request: Given[OpenRequest],
) -> Response[Any]:
    async with my_data_page.form(values=form.values):
        await confirm_password(member, form.password(), caller)
        request = await open_request(RequestKind.ERASURE, subject_of(member), VERIFIED_BY)
    return await my_data_page.show(request=request)


def corrections_of(form: SubmittedForm) -> dict[str, str]:
    """The non-empty fields, with the login normalised. Raises `Invalid`."""
    corrections = {name: form.text(name) for name in ("name", "login") if form.text(name)}
    if "login" in corrections:
        corrections["login"] = normal_contact(corrections["login"])
    return corrections


def subject_of(member: CustomerId) -> Subject:
    return Subject(customers=frozenset({member}))


handlers = [my_data]
sign_in_limited_handlers = [copy, change_processing, erasure]
write_limited_handlers = [set_consent, end_restriction]
