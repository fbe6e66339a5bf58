"""Who is asking: a guest with a cart, a member, or a colleague."""

from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from core.application.carts import CartOwner, hash_token
from core.domain.identifiers import CustomerId
from ports.clock import Clock
from ports.storage.ledgers import Register, Visitor
from ports.storage.people import Role

SESSION = "entrepot_session"
STAFF_SESSION = "entrepot_staff"
CART = "entrepot_cart"
CART_UNITS = "entrepot_units"
VIEWED = "entrepot_viewed"
COOKIES = (SESSION, STAFF_SESSION, CART, VIEWED)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
CART_LIVES_SECONDS = 90 * 86_400
MEMBER_STAYS_SECONDS = 30 * 86_400
STAFF_STAYS_SECONDS = 12 * 3_600

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """Knows visitors by their tokens; an unknown or ended session is a guest."""

    register: Register
    now: Clock

    async def member(self, token: str) -> Visitor | None:
        return await self._visitor(token, Role.CUSTOMER)

    async def colleague(self, token: str) -> Visitor | None:
        return await self._visitor(token, Role.STAFF)

    async def _visitor(self, token: str, role: Role) -> Visitor | None:
        if not token:
            return None
        visitor = await self.register.visitor(hash_token(token), self.now())
        return visitor if visitor is not None and visitor.role is role else None


def bearer(request: AnyRequest) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def customer_id(visitor: Visitor | None) -> CustomerId | None:
    return CustomerId(visitor.person_id) if visitor else None


def require_member(visitor: Visitor | None) -> CustomerId:
    """Raises the framework's 401 for a guest."""
    if visitor is None:
        raise NotAuthorizedException(headers={"www-authenticate": "Bearer"})
    return CustomerId(visitor.person_id)


def owner_of(visitor: Visitor | None, cart_token: str) -> CartOwner:
    return CartOwner(token=cart_token, customer_id=customer_id(visitor))


async def same_origin(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """Refuse what another site has a browser do with our cookies (cross-site request forgery).

    Browsers say where a request comes from in ``Sec-Fetch-Site`` or ``Origin``, and pages
    cannot forge either; programs have the JSON API, which takes no cookies. See ADR 0003.
    """
    if connection.scope["method"] in SAFE_METHODS:  # type: ignore[typeddict-item]
        return
    headers = connection.headers
    site = headers.get("sec-fetch-site")
    if site is not None:
        same = site in {"same-origin", "none"}
    else:
        origin = headers.get("origin", "")
        same = origin.partition("://")[2] == headers.get("host", "") != ""
    if not same:
        raise PermissionDeniedException


def cookie(name: str, value: str, seconds: int, *, secure: bool, path: str = "/") -> Cookie:
    """``SameSite=Lax``, out of reach of scripts, and over HTTPS alone where the shop has it."""
    return Cookie(
        key=name,
        value=value,
        max_age=seconds,
        httponly=True,
        secure=secure,
        samesite="lax",
        path=path,
    )
