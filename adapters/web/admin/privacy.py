"""Privacy requests: list, open, plan, approve, refuse and answer them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from adapters.contacts.subjects import subject_named
from adapters.web.access.requirements import needs
from adapters.web.admin.context import AdminContext
from adapters.web.admin.listings.privacy import request_listing
from adapters.web.admin.listings.views import exported, listing_view
from adapters.web.dependencies import Given
from adapters.web.downloads import stream_download
from adapters.web.forms import SubmittedForm
from adapters.web.storefront.privacy.account import corrections_of
from core.application.privacy.planning import ApproveErasure, PlanErasure
from core.application.privacy.requests import OpenRequest, RefuseRequest
from core.application.privacy.responses import AnswerAccess, CarryOutRequest
from core.domain.errors import IllegalTransition, Invalid, NotFound
from core.domain.privacy.consent import Channel
from core.domain.privacy.request import Applicant, PrivacyRequest, RequestKind
from core.domain.shop_permissions import PRIVACY_DECIDE, PRIVACY_DISCLOSE, PRIVACY_READ
from ports.admin.listings import Listing
from ports.clock import Clock
from ports.privacy.requests import PrivacyUnitsOfWork

DECISIONS_SHOWN = 200
COPIES = {RequestKind.ACCESS, RequestKind.PORTABILITY}


@dataclass(frozen=True, slots=True)
class RequestsPage:
    context: Given[AdminContext]
    privacy_units: Given[PrivacyUnitsOfWork]
    now: Given[Clock]

    @property
    def listing(self) -> Listing:
        return request_listing(self.privacy_units, self.now())

    async def variables(self) -> Mapping[str, Any]:
        view = await listing_view(self.context, self.listing)
        return {"view": view, "kinds": RequestKind, "values": {}}


@dataclass(frozen=True, slots=True)
class RequestPage:
    number: FromPath[str]
    privacy_units: Given[PrivacyUnitsOfWork]

    async def variables(self) -> Mapping[str, Any]:
        async with self.privacy_units() as unit:
            request = await unit.privacy.get_for_update(self.number)
            return {
                "privacy_request": request,
                "counts": await unit.privacy.counts(request.id),
                "decisions": await unit.privacy.pending(request.id, DECISIONS_SHOWN),
            }


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestActions:
    """The actions of staff on a privacy request, by their name in the URL."""

    plan_erasure: Given[PlanErasure]
    approve_erasure: Given[ApproveErasure]
    refuse_request: Given[RefuseRequest]
    carry_out_request: Given[CarryOutRequest]

    async def __call__(
        self, action: str, request: PrivacyRequest, form: SubmittedForm, actor: str
    ) -> None:
        match action:
            case "plan":
                await self.plan_erasure(request.number)
            case "approve":
                await self.approve_erasure(request.number, form.text("plan"), actor)
            case "refuse":
                await self.refuse_request(request.number, form.text("reason"))
            case "answer":
                await self.carry_out_request(request, Channel.OPERATOR)
            case _:
                raise NotFound("page", action)


async def privacy_request(
    number: FromPath[str], privacy_units: Given[PrivacyUnitsOfWork]
) -> PrivacyRequest:
    async with privacy_units() as unit:
        return await unit.privacy.get_for_update(number)


@get("/privacy", include_in_schema=False, opt=needs(PRIVACY_READ))
async def list_requests(
    context: Given[AdminContext], requests_page: Given[RequestsPage]
) -> Response[Any]:
    file = exported(context, requests_page.listing)
    return file or context.page("privacy.html", **await requests_page.variables())


@get("/privacy/{number:str}", include_in_schema=False, opt=needs(PRIVACY_READ))
async def show(context: Given[AdminContext], request_page: Given[RequestPage]) -> Response[bytes]:
    return context.page("privacy_request.html", **await request_page.variables())


@post("/privacy", include_in_schema=False, opt=needs(PRIVACY_READ, PRIVACY_DECIDE))
async def create(
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    requests_page: Given[RequestsPage],
    open_request: Given[OpenRequest],
) -> Response[Any]:
    """Record a request that came by telephone or by post."""
    async with context.form_page("privacy.html", requests_page.variables, values=form.values):
        request = await open_request(
            _kind(form),
            subject_named(_required(form, "person")),
            _required(form, "verified_by"),
            applicant=Applicant.RELATIVE if form.text("relative") else Applicant.SELF,
            corrections=corrections_of(form),
        )
    return context.redirect(f"/privacy/{request.number}")


@post(
    "/privacy/{number:str}/{move:str}",
    include_in_schema=False,
    opt=needs(PRIVACY_READ, PRIVACY_DECIDE),
)
async def act(
    move: FromPath[str],
    context: Given[AdminContext],
    form: Given[SubmittedForm],
    privacy_request: Given[PrivacyRequest],
    request_page: Given[RequestPage],
    request_actions: Given[RequestActions],
) -> Response[Any]:
    """``plan`` again, ``approve`` the plan on the page, ``refuse`` or ``answer``."""
    async with context.form_page("privacy_request.html", request_page.variables):
        await request_actions(move, privacy_request, form, context.actor)
    return context.redirect(f"/privacy/{privacy_request.number}?done={move}")


@post(
    "/privacy/{number:str}/bundle",
    include_in_schema=False,
    opt=needs(PRIVACY_READ, PRIVACY_DISCLOSE),
)
async def download(
    privacy_request: Given[PrivacyRequest], answer_access: Given[AnswerAccess]
) -> Stream:
    """The bundle of a copy request, for staff to hand over."""
    if privacy_request.kind not in COPIES or privacy_request.is_closed:
        raise IllegalTransition("request", privacy_request.state, "answer")
    return await stream_download(lambda folder: answer_access.path(privacy_request, folder))


def _kind(form: SubmittedForm) -> RequestKind:
    if form.text("kind") not in set(RequestKind):
        raise Invalid("kind", "Choose a request type.")
    return RequestKind(form.text("kind"))


def _required(form: SubmittedForm, name: str) -> str:
    if not form.text(name):
        raise Invalid(name, "This field is required.")
    return form.text(name)


handlers = [list_requests, show, create, act, download]
