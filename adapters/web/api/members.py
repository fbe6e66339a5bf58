"""Members and their address book, for programs."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation

from adapters.contacts.normalisation import normal_contact
from adapters.web.api.carts import AddressBody
from adapters.web.visitors import AnyRequest, Doorkeeper, bearer, require_member
from core.application.carts import CartOwner
from core.application.consents import DecideConsent, ShowConsents
from core.application.members import (
    ArrangeAddresses,
    KeepAddress,
    LogIn,
    LogInStaff,
    LogOut,
    RegisterMember,
    Registration,
)
from core.domain.address import Address
from core.domain.errors import BadCredentials, DomainError
from core.domain.identifiers import AddressId, CustomerId
from core.domain.privacy.consent import Channel
from ports.storage.ledgers import Register

Password = Annotated[str, msgspec.Meta(max_length=200)]
Login = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]


class NewMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``login`` is an e-mail address or a mobile number.

    ``old_enough``: the person said that they may agree by themselves; without it, nobody
    becomes a member. ``marketing``: they agreed to be sent news and offers.
    """

    login: Login
    password: Password
    name: Annotated[str, msgspec.Meta(max_length=200)]
    old_enough: bool = False
    marketing: bool = False


class Credentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``cart`` is the token of a guest's cart to take over, if there is one."""

    login: Login
    password: Password
    cart: Annotated[str, msgspec.Meta(max_length=100)] = ""


class StaffCredentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    login: Login
    password: Password


@dataclass(frozen=True, slots=True)
class OpenSession:
    """To be sent as ``Authorization: Bearer …``."""

    token: str


class ConsentBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentView:
    """``lapsed``: it was given, but the privacy notice says something else now."""

    purpose: str
    name: str
    given: bool
    lapsed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressEntry:
    id: UUID
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """The first address is the one that a checkout proposes."""

    name: str
    login: str
    addresses: tuple[AddressEntry, ...]


@post("/members", summary="Become a member", tags=["Members"])
async def register_(
    data: JSONBody[NewMember],
    register_member: NamedDependency[SkipValidation[RegisterMember]],
    log_in: NamedDependency[SkipValidation[LogIn]],
    language: NamedDependency[str],
) -> OpenSession:
    """Registers, and logs in."""
    login = normal_contact(data.login)
    await register_member(
        Registration(
            login=login,
            password=data.password,
            name=data.name,
            language=language,
            old_enough=data.old_enough,
            marketing=data.marketing,
            channel=Channel.API,
        )
    )
    return OpenSession(await log_in(login, data.password, CartOwner()))


@post("/sessions", summary="Log in", tags=["Members"])
async def open_session(
    data: JSONBody[Credentials], log_in: NamedDependency[SkipValidation[LogIn]]
) -> OpenSession:
    """A guest's cart becomes the member's."""
    return OpenSession(
        await log_in(login_of(data.login), data.password, CartOwner(token=data.cart))
    )


@post("/staff-sessions", summary="Log in as staff", tags=["Back office"])
async def open_staff_session(
    data: JSONBody[StaffCredentials], log_in_staff: NamedDependency[SkipValidation[LogInStaff]]
) -> OpenSession:
    return OpenSession(await log_in_staff(login_of(data.login), data.password))


@delete("/sessions/current", summary="Log out", tags=["Members"])
async def close_session(
    request: AnyRequest, log_out: NamedDependency[SkipValidation[LogOut]]
) -> None:
    await log_out(bearer(request))


@get("/members/me", summary="Who am I", tags=["Members"])
async def show_member(
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    register: NamedDependency[SkipValidation[Register]],
) -> MemberView:
    member = require_member(await doorkeeper.member(bearer(request)))
    return await _view(register, member)


@post("/members/me/addresses", summary="Add an address", tags=["Members"])
async def add_address(
    data: JSONBody[AddressBody],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    register: NamedDependency[SkipValidation[Register]],
    keep_address: NamedDependency[SkipValidation[KeepAddress]],
) -> MemberView:
    member = require_member(await doorkeeper.member(bearer(request)))
    await keep_address(member, data.address())
    return await _view(register, member)


@put("/members/me/addresses/{address_id:uuid}", summary="Change an address", tags=["Members"])
async def change_address(
    address_id: FromPath[UUID],
    data: JSONBody[AddressBody],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    register: NamedDependency[SkipValidation[Register]],
    keep_address: NamedDependency[SkipValidation[KeepAddress]],
) -> MemberView:
    member = require_member(await doorkeeper.member(bearer(request)))
    await keep_address(member, data.address(), AddressId(address_id))
    return await _view(register, member)


@delete(
    "/members/me/addresses/{address_id:uuid}",
    summary="Drop an address",
    tags=["Members"],
    status_code=200,
)
async def drop_address(
    address_id: FromPath[UUID],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    register: NamedDependency[SkipValidation[Register]],
    arrange_addresses: NamedDependency[SkipValidation[ArrangeAddresses]],
) -> MemberView:
    member = require_member(await doorkeeper.member(bearer(request)))
    await arrange_addresses.drop(member, AddressId(address_id))
    return await _view(register, member)


@get("/members/me/consents", summary="What I agreed to", tags=["Members"])
async def list_consents(
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    show_consents: NamedDependency[SkipValidation[ShowConsents]],
    language: NamedDependency[str],
) -> tuple[ConsentView, ...]:
    member = require_member(await doorkeeper.member(bearer(request)))
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
    summary="Agree, or take it back",
    tags=["Members"],
    status_code=204,
)
async def decide_consent_(
    purpose: FromPath[str],
    data: JSONBody[ConsentBody],
    request: AnyRequest,
    doorkeeper: NamedDependency[SkipValidation[Doorkeeper]],
    decide_consent: NamedDependency[SkipValidation[DecideConsent]],
    language: NamedDependency[str],
) -> None:
    member = require_member(await doorkeeper.member(bearer(request)))
    await decide_consent(member, purpose, given=data.given, language=language, channel=Channel.API)


def login_of(text: str) -> str:
    """Normalised; something that can be no login is as wrong as an unknown one."""
    try:
        return normal_contact(text)
    except DomainError as error:
        raise BadCredentials from error


async def _view(register: Register, customer_id: CustomerId) -> MemberView:
    customer = await register.customer(customer_id)
    return MemberView(
        name=customer.name,
        login=customer.login,
        addresses=tuple(
            AddressEntry(id=entry.id, address=entry.address) for entry in customer.addresses
        ),
    )


handlers = [
    show_member,
    add_address,
    change_address,
    drop_address,
    list_consents,
    close_session,
]
entrances = [register_, open_session, open_staff_session]
clicks = [decide_consent_]
