"""What the shop knows of people: the notice for everybody, and a member's own data."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Stream

from adapters.privacy.processing import purposes_of
from adapters.web.storefront.viewed import Viewed
from adapters.web.storefront.visit import Form, Visit
from core.application.consents import DecideConsent, ShowConsents
from core.application.members import ConfirmPassword
from core.application.privacy.keepers import Keepers
from core.application.privacy.requests import AnswerAccess, OpenRequest
from core.domain.errors import DomainError, NotFound
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import Channel
from core.domain.privacy.policy import Policy
from core.domain.privacy.records import Subject
from core.domain.privacy.request import RequestKind

CHUNK = 1 << 16
PASSWORD = "password"  # noqa: S105 -- how they were recognised


@get("/privacy", include_in_schema=False)
async def notice(
    visit: NamedDependency[SkipValidation[Visit]],
    policy: NamedDependency[SkipValidation[Policy]],
    keepers: NamedDependency[SkipValidation[Keepers]],
) -> Response[Any]:
    inventory = [each for keeper in keepers.here for each in keeper.inventory()]
    return await visit.page(
        "notice.html",
        public=True,
        purposes=purposes_of(policy, inventory, visit.language),
        viewed_wanted=Viewed.by(visit) is not None,
    )


@get("/account/privacy", include_in_schema=False)
async def my_data(
    visit: NamedDependency[SkipValidation[Visit]],
    show_consents: NamedDependency[SkipValidation[ShowConsents]],
) -> Response[Any]:
    if visit.customer_id is None:
        return visit.go(f"/login?next=/{visit.language}/account/privacy")
    return await _shown(visit, show_consents)


@post("/account/privacy/consent", include_in_schema=False)
async def consent(
    visit: NamedDependency[SkipValidation[Visit]],
    decide_consent: NamedDependency[SkipValidation[DecideConsent]],
) -> Response[Any]:
    """Agree to something, or take it back: one click either way."""
    member, form = _member(visit), await Form.of(visit.request)
    await decide_consent(
        member,
        form.text("purpose"),
        given=form.text("given") == "1",
        language=visit.language,
        channel=Channel.WEB,
    )
    return visit.go("/account/privacy#choices")


@post("/account/privacy/copy", include_in_schema=False)
async def copy(
    visit: NamedDependency[SkipValidation[Visit]],
    confirm_password: NamedDependency[SkipValidation[ConfirmPassword]],
    open_request: NamedDependency[SkipValidation[OpenRequest]],
    show_consents: NamedDependency[SkipValidation[ShowConsents]],
    answer_access: NamedDependency[SkipValidation[AnswerAccess]],
) -> Response[Any] | Stream:
    """The bundle is the answer: there is no link that somebody else could follow."""
    member, form = _member(visit), await Form.of(visit.request)
    kind = RequestKind.PORTABILITY if form.text("kind") == "portability" else RequestKind.ACCESS
    try:
        await confirm_password(member, form.text("password"))
        request = await open_request(kind, _subject(member), PASSWORD)
    except DomainError as error:
        return await _shown(visit, show_consents, error, values=form.values)
    folder = tempfile.TemporaryDirectory(prefix="bundle-")
    path, _ = await answer_access(request, Path(folder.name))
    return Stream(
        _sent(path, folder),
        media_type="application/zip",
        headers={
            "content-disposition": f'attachment; filename="{path.name}"',
            "cache-control": "private, no-store",
        },
    )


@post("/account/privacy/erasure", include_in_schema=False)
async def erasure(
    visit: NamedDependency[SkipValidation[Visit]],
    confirm_password: NamedDependency[SkipValidation[ConfirmPassword]],
    open_request: NamedDependency[SkipValidation[OpenRequest]],
    show_consents: NamedDependency[SkipValidation[ShowConsents]],
) -> Response[Any]:
    member, form = _member(visit), await Form.of(visit.request)
    try:
        await confirm_password(member, form.text("password"))
        request = await open_request(RequestKind.ERASURE, _subject(member), PASSWORD)
    except DomainError as error:
        return await _shown(visit, show_consents, error, values=form.values)
    return await _shown(visit, show_consents, asked=request)


async def _shown(
    visit: Visit, show_consents: ShowConsents, error: DomainError | None = None, **context: Any
) -> Response[Any]:
    context = {"values": {}, "consents": await show_consents(_member(visit)), **context}
    if error is not None:
        return await visit.refusal("privacy.html", error, **context)
    return await visit.page("privacy.html", **context)


async def _sent(path: Path, folder: "tempfile.TemporaryDirectory[str]") -> AsyncIterator[bytes]:
    """The file, which is gone once it was sent, or the reader went away."""
    with folder, path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _member(visit: Visit) -> CustomerId:
    if visit.customer_id is None:
        raise NotFound("page", visit.request.scope["path"])
    return visit.customer_id


def _subject(member: CustomerId) -> Subject:
    return Subject(customers=frozenset({member}))


entrances = [copy, erasure]
handlers = [notice, my_data, consent]
