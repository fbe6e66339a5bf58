"""The consents of the signed-in customer."""

from dataclasses import dataclass

from litestar import get, put
from litestar.params import FromPath, JSONBody

from adapters.web.api.body import Body
from adapters.web.dependencies import Given
from core.application.privacy.consents import DecideConsent, ShowConsents
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import Channel


class ConsentBody(Body, frozen=True, kw_only=True):
    given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """``lapsed``: the privacy notice has changed since the consent was given."""

    purpose: str
    name: str
    given: bool
    lapsed: bool


@get(
    "/members/me/consents",
    operation_id="listConsents",
    summary="List consents",
    tags=["Privacy"],
)
async def list_consents(
    member: Given[CustomerId], show_consents: Given[ShowConsents], language: Given[str]
) -> tuple[ConsentView, ...]:
    return tuple(
        ConsentView(
            purpose=each.purpose.code,
            name=each.purpose.name.in_language(language),
            given=each.given,
            lapsed=each.lapsed,
        )
        for each in await show_consents(member)
    )


@put(
    "/members/me/consents/{purpose:str}",
    operation_id="setConsent",
    summary="Give or withdraw a consent",
    tags=["Privacy"],
    status_code=204,
)
async def set_consent(
    purpose: FromPath[str],
    data: JSONBody[ConsentBody],
    member: Given[CustomerId],
    decide_consent: Given[DecideConsent],
    language: Given[str],
) -> None:
    await decide_consent(member, purpose, given=data.given, language=language, channel=Channel.API)


handlers = [list_consents]
write_limited_handlers = [set_consent]
