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
from core.application.accounts.log_in import OpenedSession
from core.application.carts.ownership import CartOwner
from core.application.customers.registration import (
    FinishRegistration,
    RegisterAndLogIn,
    Registration,
)
from core.application.customers.sessions import ConfirmMemberLogIn, LogIn, LogOut
from core.domain.accounts import BadCredentials, Caller
from core.domain.errors import DomainError
from core.domain.privacy.consent import Channel
from ports.security import CartTokens

Password = Annotated[str, msgspec.Meta(max_length=1_000)]
"""The rules for passwords say which length is allowed; see `core.domain.passwords`."""

Login = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
LinkToken = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
OneTimeCode = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
CartToken = Annotated[str, msgspec.Meta(max_length=100)]


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


class RegistrationLink(Body, frozen=True, kw_only=True):
    """``token`` is the end of the emailed link; ``password`` the one of the registration."""

    token: LinkToken
    password: Password
    cart: CartToken = ""


class Credentials(Body, frozen=True, kw_only=True):
    """``cart`` is the token of a guest's cart to merge into the customer's."""

    login: Login
    password: Password
    cart: CartToken = ""


class SecondStep(Body, frozen=True, kw_only=True):
    """``code`` is a one-time code or a recovery code."""

    code: OneTimeCode
    cart: CartToken = ""


@dataclass(frozen=True, slots=True)
class SessionToken:
    """Send it as ``Authorization: Bearer …``.

    If ``confirmed`` is false, the account has a second factor: the token is good for the second
    step alone, for ten minutes, and the second step returns another token.
    """

    token: str
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Registered:
    """``token`` is a session token; empty if ``email_sent``: a link finishes the registration."""

    token: str
    email_sent: bool


@post(
    "/members",
    operation_id="registerCustomer",
    summary="Register a customer account",
    tags=["Customer account"],
)
async def register(
    data: JSONBody[NewCustomer],
    register_and_log_in: Given[RegisterAndLogIn],
    language: Given[str],
    caller: Given[Caller],
) -> Registered:
    """Registers the customer and starts a session.

    If the shop sends email, an email address must be proved first: the response is the same
    whether the address has an account or not, and a link is sent to it.
    """
    login = normal_contact(data.login)
    registration = Registration(
        login=login,
        password=data.password,
        name=data.name,
        language=language,
        old_enough=data.old_enough,
        marketing=data.marketing,
        channel=Channel.API,
    )
    opened = await register_and_log_in(registration, CartOwner(), caller)
    if opened is None:
        return Registered(token="", email_sent=True)
    return Registered(token=opened.token, email_sent=False)


def guest_of(cart: str, cart_tokens: CartTokens) -> CartOwner:
    """The guest with this cart; no one if the shop has not made the token."""
    return CartOwner(token=cart if cart_tokens.is_genuine(cart) else "")


@post(
    "/member-activations",
    operation_id="finishRegistration",
    summary="Finish a registration by the emailed link",
    tags=["Customer account"],
)
async def finish_registration(
    data: JSONBody[RegistrationLink],
    finish_registration: Given[FinishRegistration],
    caller: Given[Caller],
    cart_tokens: Given[CartTokens],
) -> SessionToken:
    """Starts a session. The guest's cart becomes the customer's."""
    owner = guest_of(data.cart, cart_tokens)
    return session_token(await finish_registration(data.token, data.password, owner, caller))


@post("/sessions", operation_id="signIn", summary="Sign in", tags=["Customer account"])
async def sign_in(
    data: JSONBody[Credentials],
    log_in: Given[LogIn],
    caller: Given[Caller],
    cart_tokens: Given[CartTokens],
) -> SessionToken:
    """The guest's cart becomes the customer's."""
    owner = guest_of(data.cart, cart_tokens)
    return session_token(await log_in(login_of(data.login), data.password, owner, caller))


@post(
    "/sessions/current/code",
    operation_id="confirmSignIn",
    summary="Second step of the sign-in: the one-time code",
    tags=["Customer account"],
)
async def confirm_sign_in(
    data: JSONBody[SecondStep],
    request: AnyRequest,
    confirm_member_log_in: Given[ConfirmMemberLogIn],
    caller: Given[Caller],
    cart_tokens: Given[CartTokens],
) -> SessionToken:
    """Send the token of the first step as ``Authorization: Bearer …``."""
    owner = guest_of(data.cart, cart_tokens)
    return session_token(await confirm_member_log_in(bearer(request), data.code, owner, caller))


@delete("/sessions/current", operation_id="signOut", summary="Sign out", tags=["Customer account"])
async def sign_out(request: AnyRequest, log_out: Given[LogOut]) -> None:
    await log_out(bearer(request))


def session_token(opened: OpenedSession) -> SessionToken:
    return SessionToken(token=opened.token, confirmed=opened.confirmed)


def login_of(text: str) -> str:
    """The normalised login. Raises `BadCredentials` if it is no e-mail address or mobile number."""
    try:
        return normal_contact(text)
    except DomainError as error:
        raise BadCredentials from error


handlers = [sign_out]
sign_in_limited_handlers = [register, finish_registration, sign_in, confirm_sign_in]
