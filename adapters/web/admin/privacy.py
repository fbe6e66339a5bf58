"""What people asked about their data: the plans that wait for somebody, and what became of them."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from adapters.web.admin.desk import Desk
from adapters.web.storefront.visit import Form
from core.application.privacy.planning import ApproveErasure, PlanErasure
from core.application.privacy.requests import RefuseRequest
from core.domain.errors import DomainError, NotFound
from ports.clock import Clock
from ports.storage.privacy import PrivacyUnits

ON_A_PAGE = 100
DECISIONS_SHOWN = 200
MOVES = {"plan", "approve", "refuse"}


@get("/privacy", include_in_schema=False)
async def requests(
    desk: NamedDependency[SkipValidation[Desk]],
    units: NamedDependency[SkipValidation[PrivacyUnits]],
    now: NamedDependency[SkipValidation[Clock]],
) -> Response[bytes]:
    async with units() as unit:
        found = await unit.privacy.list(ON_A_PAGE)
    return desk.page("privacy.html", requests=found, now=now())


@get("/privacy/{number:str}", include_in_schema=False)
async def request(
    number: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    units: NamedDependency[SkipValidation[PrivacyUnits]],
) -> Response[bytes]:
    return desk.page("privacy_request.html", **await _context(units, number))


@post("/privacy/{number:str}/{move:str}", include_in_schema=False)
async def act(
    number: FromPath[str],
    move: FromPath[str],
    desk: NamedDependency[SkipValidation[Desk]],
    units: NamedDependency[SkipValidation[PrivacyUnits]],
    plan_erasure: NamedDependency[SkipValidation[PlanErasure]],
    approve_erasure: NamedDependency[SkipValidation[ApproveErasure]],
    refuse_request: NamedDependency[SkipValidation[RefuseRequest]],
) -> Response[Any]:
    """``plan`` it again, ``approve`` the plan that was shown, or ``refuse`` it with a reason."""
    form = await Form.of(desk.request)
    if move not in MOVES:
        raise NotFound("page", move)
    try:
        if move == "plan":
            await plan_erasure(number)
        elif move == "approve":
            await approve_erasure(number, form.text("plan"), desk.actor)
        else:
            await refuse_request(number, form.text("reason"))
    except DomainError as error:
        return desk.refusal("privacy_request.html", error, **await _context(units, number))
    return desk.go(f"/privacy/{number}?done={move}")


async def _context(units: PrivacyUnits, number: str) -> dict[str, Any]:
    async with units() as unit:
        found = await unit.privacy.claim(number)
        return {
            "found": found,
            "counts": await unit.privacy.counts(found.id),
            "decisions": await unit.privacy.pending(found.id, DECISIONS_SHOWN),
        }


handlers = [requests, request, act]
