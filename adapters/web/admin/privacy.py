"""What people asked about their data: the plans that wait for somebody, and what became of them."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, SkipValidation
from litestar.response import Stream

from adapters.privacy.naming import subject_named
from adapters.web.admin.desk import Desk
from adapters.web.downloads import sent_once
from adapters.web.storefront.privacy import corrections_of
from adapters.web.storefront.visit import Form
from core.application.privacy.answering import AnswerAccess, CarryOutWish
from core.application.privacy.planning import ApproveErasure, PlanErasure
from core.application.privacy.requests import OpenRequest, RefuseRequest
from core.domain.errors import DomainError, IllegalTransition, Invalid, NotFound
from core.domain.privacy.consent import Channel
from core.domain.privacy.request import Applicant, PrivacyRequest, RequestKind
from ports.clock import Clock
from ports.storage.privacy import PrivacyUnits

ON_A_PAGE = 100
DECISIONS_SHOWN = 200
COPIES = {RequestKind.ACCESS, RequestKind.PORTABILITY}


@get("/privacy", include_in_schema=False)
async def requests(
    desk: NamedDependency[SkipValidation[Desk]],
    privacy_units: NamedDependency[SkipValidation[PrivacyUnits]],
    now: NamedDependency[SkipValidation[Clock]],
) -> Response[bytes]:
    async with privacy_units() as unit:
        found = await unit.privacy.list(ON_A_PAGE)
    return desk.page("privacy.html", requests=found, now=now(), kinds=RequestKind, values={})


@get("/privacy/{number:str}", include_in_schema=False)
async def request(
    number: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    privacy_units: NamedDependency[SkipValidation[PrivacyUnits]],
) -> Response[bytes]:
    return desk.page("privacy_request.html", **await _context(privacy_units, number))


@post("/privacy", include_in_schema=False)
async def open_(
    desk: NamedDependency[SkipValidation[Desk]],
    privacy_units: NamedDependency[SkipValidation[PrivacyUnits]],
    now: NamedDependency[SkipValidation[Clock]],
    open_request: NamedDependency[SkipValidation[OpenRequest]],
) -> Response[Any]:
    """Write down what somebody asked in another way: on the telephone, or by letter."""
    form = await Form.of(desk.request)
    try:
        request = await open_request(
            _kind(form),
            subject_named(_needed(form, "person")),
            _needed(form, "verified_by"),
            applicant=Applicant.RELATIVE if form.text("relative") else Applicant.SELF,
            corrections=corrections_of(form),
        )
    except DomainError as error:
        async with privacy_units() as unit:
            found = await unit.privacy.list(ON_A_PAGE)
        return desk.refusal(
            "privacy.html", error, requests=found, now=now(), kinds=RequestKind, values=form.values
        )
    return desk.go(f"/privacy/{request.number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMoves:
    """What a colleague can do about a request."""

    plan_erasure: PlanErasure
    approve_erasure: ApproveErasure
    refuse_request: RefuseRequest
    carry_out_wish: CarryOutWish

    async def act(self, move: str, request: PrivacyRequest, form: Form, actor: str) -> None:
        match move:
            case "plan":
                await self.plan_erasure(request.number)
            case "approve":
                await self.approve_erasure(request.number, form.text("plan"), actor)
            case "refuse":
                await self.refuse_request(request.number, form.text("reason"))
            case "answer":
                await self.carry_out_wish(request, Channel.OPERATOR)
            case _:
                raise NotFound("page", move)


def request_moves(
    plan_erasure: NamedDependency[SkipValidation[PlanErasure]],
    approve_erasure: NamedDependency[SkipValidation[ApproveErasure]],
    refuse_request: NamedDependency[SkipValidation[RefuseRequest]],
    carry_out_wish: NamedDependency[SkipValidation[CarryOutWish]],
) -> RequestMoves:
    return RequestMoves(
        plan_erasure=plan_erasure,
        approve_erasure=approve_erasure,
        refuse_request=refuse_request,
        carry_out_wish=carry_out_wish,
    )


@post(
    "/privacy/{number:str}/{move:str}",
    include_in_schema=False,
    dependencies={"request_moves": Provide(request_moves, sync_to_thread=False)},
)
async def act(
    number: FromPath[str],
    move: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    privacy_units: NamedDependency[SkipValidation[PrivacyUnits]],
    request_moves: NamedDependency[SkipValidation[RequestMoves]],
) -> Response[Any]:
    """``plan`` it again, ``approve`` the plan that was shown, ``refuse`` or ``answer`` it."""
    form, context = await Form.of(desk.request), await _context(privacy_units, number)
    try:
        await request_moves.act(move, context["found"], form, desk.actor)
    except DomainError as error:
        return desk.refusal("privacy_request.html", error, **await _context(privacy_units, number))
    return desk.go(f"/privacy/{number}?done={move}")


@post("/privacy/{number:str}/bundle", include_in_schema=False)
async def bundle(
    number: FromPath[str],
    privacy_units: NamedDependency[SkipValidation[PrivacyUnits]],
    answer_access: NamedDependency[SkipValidation[AnswerAccess]],
) -> Stream:
    """The bundle of somebody who asked for a copy, to be handed to them."""
    async with privacy_units() as unit:
        found = await unit.privacy.claim(number)
    if found.kind not in COPIES or found.is_over:
        raise IllegalTransition("request", found.state, "answer")
    return await sent_once(lambda folder: answer_access.path(found, folder))


async def _context(units: PrivacyUnits, number: str) -> dict[str, Any]:
    async with units() as unit:
        found = await unit.privacy.claim(number)
        return {
            "found": found,
            "counts": await unit.privacy.counts(found.id),
            "decisions": await unit.privacy.pending(found.id, DECISIONS_SHOWN),
        }


def _kind(form: Form) -> RequestKind:
    if form.text("kind") not in set(RequestKind):
        raise Invalid("kind", "Choose what is asked.")
    return RequestKind(form.text("kind"))


def _needed(form: Form, name: str) -> str:
    if not form.text(name):
        raise Invalid(name, "Fill this in.")
    return form.text(name)


handlers = [requests, open_, request, act, bundle]
