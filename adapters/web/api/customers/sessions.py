"""Registration, sign-in and sign-out of customers."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import delete, post
from litestar.params import JSONBody

from adapters.contacts.normalisation import normal_contact
from adapters.web.api.body import Body
from adapters.web.dependencies import Given
from adapters.web.visitors import AnyRequest, bearer
from core.application.carts.ownership import CartOwner
from core.application.customers.registration import RegisterMember, Registration
from core.application.customers.sessions import LogIn, LogOut
from core.domain.errors import BadCredentials, DomainError
from core.domain.privacy.consent import Channel

Password = Annotated[str, msgspec.Meta(max_length=200)]
Login = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]


class NewCustomer(Body, frozen=True, kw_only=True):
    """``login`` is an e-mail address or a mobile number.

    ``old_enough`` confirms that the customer has the age of consent; registration requires
    it. ``marketing`` is the consent to news and offers.
    """

    login: Login
    password: Password
    name: Annotated[str, msgspec.Meta(max_length=200)]
    old_enough: bool = False
    marketing: bool = False


class Credentials(Body, frozen=True, kw_only=True):
    """``cart`` is the token of a guest's cart to merge into the customer's."""

    login: Login
    password: Password
    cart: Annotated[str, msgspec.Meta(max_length=100)] = ""


@dataclass(frozen=True, slots=True)
class SessionToken:
    """Send it as ``Authorization: Bearer …``."""

    token: str


@post(
    "/members",
    operation_id="registerCustomer",
    summary="Register a customer account",
    tags=["Customer account"],
)
async def register(
    data: JSONBody[NewCustomer],
    register_member: Given[RegisterMember],
    log_in: Given[LogIn],
    language: Given[str],
) -> SessionToken:
    """Registers the customer and starts a session."""
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
    return SessionToken(await log_in(login, data.password, CartOwner()))


@post("/sessions", operation_id="signIn", summary="Sign in", tags=["Customer account"])
async def sign_in(data: JSONBody[Credentials], log_in: Given[LogIn]) -> SessionToken:
    """The guest's cart becomes the customer's."""
    owner = CartOwner(token=data.cart)
    return SessionToken(await log_in(login_of(data.login), data.password, owner))


@delete("/sessions/current", operation_id="signOut", summary="Sign out", tags=["Customer account"])
async def sign_out(request: AnyRequest, log_out: Given[LogOut]) -> None:
    await log_out(bearer(request))


def login_of(text: str) -> str:
    """The normalised login. Raises `BadCredentials` if it is no e-mail address or mobile number."""
    try:
        return normal_contact(text)
    except DomainError as error:
        raise BadCredentials from error


handlers = [sign_out]
sign_in_limited_handlers = [register, sign_in]
