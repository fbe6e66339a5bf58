"""What the shop knows of people: the notice for everybody, and a member's own data."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation
from litestar.response import Stream

from adapters.contacts.normalisation import normal_contact
from adapters.web.downloads import sent_once
from adapters.web.storefront.viewed import Viewed
from adapters.web.storefront.visit import Form, Visit
from core.application.consents import DecideConsent, ShowConsents
from core.application.members import ConfirmPassword
from core.application.privacy.answering import AnswerAccess, CarryOutWish, LiftRestriction
from core.application.privacy.keepers import Keepers
from core.application.privacy.processing import purposes_of, recipients_told
from core.application.privacy.requests import OpenRequest
from core.application.proving import AskForProof, ProveLogin
from core.application.recipients import Recipients
from core.domain.errors import DomainError, NotFound
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import Channel
from core.domain.privacy.policy import Policy
from core.domain.privacy.records import Subject
from core.domain.privacy.request import WISHES, RequestKind
from ports.mail import Mailer
from ports.storage.ledgers import Register

PASSWORD = "password"  # noqa: S105 -- how they were recognised


@dataclass(frozen=True, slots=True)
class MyDataPage:
    """What a member sees of their data, and what they can ask."""

    show_consents: ShowConsents
    register: Register
    mailer: Mailer | None

    async def __call__(
        self, visit: Visit, member: CustomerId, error: DomainError | None = None, **context: Any
    ) -> Response[Any]:
        customer = await self.register.customer(member)
        context = {
            "values": {"name": customer.name, "login": customer.login},
            "consents": await self.show_consents(member),
            "customer": customer,
            "letters": self.mailer is not None,
            "done": visit.request.query_params.get("done", ""),
            **context,
        }
        if error is not None:
            return await visit.refusal("privacy/my_data.html", error, **context)
        return await visit.page("privacy/my_data.html", **context)


def open_my_data_page(
    show_consents: NamedDependency[SkipValidation[ShowConsents]],
    register: NamedDependency[SkipValidation[Register]],
    mailer: NamedDependency[SkipValidation[Mailer | None]],
) -> MyDataPage:
    return MyDataPage(show_consents, register, mailer)


@get("/privacy", include_in_schema=False)
async def notice(
    visit: NamedDependency[SkipValidation[Visit]],
    policy: NamedDependency[SkipValidation[Policy]],
    keepers: NamedDependency[SkipValidation[Keepers]],
    recipients: NamedDependency[SkipValidation[Recipients]],
) -> Response[Any]:
    inventory = [each for keeper in keepers.here for each in keeper.inventory()]
    return await visit.page(
        "privacy/notice.html",
        public=True,
        purposes=purposes_of(policy, inventory, visit.language),
        recipients=recipients_told(recipients.all, visit.language),
        viewed_wanted=Viewed.by(visit) is not None,
    )


@get("/account/privacy", include_in_schema=False)
async def my_data(
    visit: NamedDependency[SkipValidation[Visit]],
    my_data_page: NamedDependency[SkipValidation[MyDataPage]],
) -> Response[Any]:
    if visit.customer_id is None:
        return visit.go(f"/login?next=/{visit.language}/account/privacy")
    return await my_data_page(visit, visit.customer_id)


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
    my_data_page: NamedDependency[SkipValidation[MyDataPage]],
    answer_access: NamedDependency[SkipValidation[AnswerAccess]],
) -> Response[Any] | Stream:
    """The bundle is the answer: there is no link that somebody else could follow."""
    member, form = _member(visit), await Form.of(visit.request)
    kind = RequestKind.PORTABILITY if form.text("kind") == "portability" else RequestKind.ACCESS
    try:
        await confirm_password(member, form.text("password"))
        request = await open_request(kind, _subject(member), PASSWORD)
    except DomainError as error:
        return await my_data_page(visit, member, error, values=form.values)
    return await sent_once(lambda folder: answer_access.path(request, folder))


@post("/account/privacy/wish", include_in_schema=False)
async def wish(
    visit: NamedDependency[SkipValidation[Visit]],
    confirm_password: NamedDependency[SkipValidation[ConfirmPassword]],
    open_request: NamedDependency[SkipValidation[OpenRequest]],
    carry_out_wish: NamedDependency[SkipValidation[CarryOutWish]],
    my_data_page: NamedDependency[SkipValidation[MyDataPage]],
) -> Response[Any]:
    """Have something put right, one's data kept and not used, or object to its use."""
    member, form = _member(visit), await Form.of(visit.request)
    if form.text("kind") not in WISHES:
        raise NotFound("page", form.text("kind"))
    kind = RequestKind(form.text("kind"))
    try:
        await confirm_password(member, form.text("password"))
        corrections = corrections_of(form) if kind is RequestKind.RECTIFICATION else {}
        request = await open_request(kind, _subject(member), PASSWORD, corrections=corrections)
        await carry_out_wish(request, Channel.WEB)
    except DomainError as error:
        return await my_data_page(visit, member, error, values=form.values)
    return visit.go(f"/account/privacy?done={kind}")


@post("/account/privacy/proof", include_in_schema=False)
async def ask_proof(
    visit: NamedDependency[SkipValidation[Visit]],
    ask_for_proof: NamedDependency[SkipValidation[AskForProof]],
) -> Response[Any]:
    """Have a letter sent, to show that the log-in is one's own."""
    await ask_for_proof(_member(visit))
    return visit.go("/account/privacy?done=letter")


@get("/account/prove/{token:str}", include_in_schema=False)
async def prove_page(
    token: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    my_data_page: NamedDependency[SkipValidation[MyDataPage]],
) -> Response[Any]:
    if visit.customer_id is None:
        return visit.go(f"/login?next=/{visit.language}/account/prove/{token[:100]}")
    return await my_data_page(visit, visit.customer_id, token=token[:100])


@post("/account/prove/{token:str}", include_in_schema=False)
async def prove(
    token: FromPath[str],
    visit: NamedDependency[SkipValidation[Visit]],
    prove_login: NamedDependency[SkipValidation[ProveLogin]],
    my_data_page: NamedDependency[SkipValidation[MyDataPage]],
) -> Response[Any]:
    member = _member(visit)
    try:
        await prove_login(member, token[:100])
    except DomainError as error:
        return await my_data_page(visit, member, error)
    return visit.go("/account/privacy?done=proven")


@post("/account/privacy/lift", include_in_schema=False)
async def lift(
    visit: NamedDependency[SkipValidation[Visit]],
    lift_restriction: NamedDependency[SkipValidation[LiftRestriction]],
) -> Response[Any]:
    """Let the shop use one's data again."""
    await lift_restriction(_member(visit))
    return visit.go("/account/privacy")


@post("/account/privacy/erasure", include_in_schema=False)
async def erasure(
    visit: NamedDependency[SkipValidation[Visit]],
    confirm_password: NamedDependency[SkipValidation[ConfirmPassword]],
    open_request: NamedDependency[SkipValidation[OpenRequest]],
    my_data_page: NamedDependency[SkipValidation[MyDataPage]],
) -> Response[Any]:
    member, form = _member(visit), await Form.of(visit.request)
    try:
        await confirm_password(member, form.text("password"))
        request = await open_request(RequestKind.ERASURE, _subject(member), PASSWORD)
    except DomainError as error:
        return await my_data_page(visit, member, error, values=form.values)
    return await my_data_page(visit, member, asked=request)


def _member(visit: Visit) -> CustomerId:
    if visit.customer_id is None:
        raise NotFound("page", visit.request.scope["path"])
    return visit.customer_id


def corrections_of(form: Form) -> dict[str, str]:
    """What was filled in; a log-in in its normal form."""
    found = {name: form.text(name) for name in ("name", "login") if form.text(name)}
    if "login" in found:
        found["login"] = normal_contact(found["login"])
    return found


def _subject(member: CustomerId) -> Subject:
    return Subject(customers=frozenset({member}))


entrances = [copy, wish, erasure]
clicks = [consent, lift, ask_proof, prove]
handlers = [notice, my_data, prove_page]
