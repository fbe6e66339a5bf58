"""Cookies and sessions of guests, customers and staff."""

from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from core.application.tokens import hash_token
from core.domain.identifiers import CustomerId
from ports.clock import Clock
from ports.sessions import AccountKind, AccountQueries, Principal

SESSION_COOKIE = "entrepot_session"
STAFF_SESSION_COOKIE = "entrepot_staff"
CART_COOKIE = "entrepot_cart"
CART_UNITS_COOKIE = "entrepot_units"
VIEWED_COOKIE = "entrepot_viewed"
COOKIE_NAMES = (SESSION_COOKIE, STAFF_SESSION_COOKIE, CART_COOKIE, VIEWED_COOKIE)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
CART_COOKIE_SECONDS = 90 * 86_400
MEMBER_SESSION_SECONDS = 30 * 86_400
STAFF_SESSION_SECONDS = 12 * 3_600

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Finds the account of a session token. An unknown or expired session is None: a guest."""

    account_queries: AccountQueries
    now: Clock

    async def member(self, token: str) -> Principal | None:
        return await self._principal(token, AccountKind.CUSTOMER)

    async def staff(self, token: str) -> Principal | None:
        return await self._principal(token, AccountKind.STAFF)

    async def _principal(self, token: str, account_kind: AccountKind) -> Principal | None:
        if not token:
            return None
        principal = await self.account_queries.principal(hash_token(token), self.now())
        return (
            principal if principal is not None and principal.account_kind is account_kind else None
        )


def bearer(request: AnyRequest) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def customer_id(principal: Principal | None) -> CustomerId | None:
    return CustomerId(principal.account_id) if principal else None


async def same_origin(
    connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
) -> None:
    """A guard against cross-site request forgery (CSRF).

    Browsers send the origin of a request in ``Sec-Fetch-Site`` or ``Origin``, and a page
    cannot forge either. Programs use the JSON API, which takes no cookies. See ADR 0003.
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
    """``SameSite=Lax`` and ``HttpOnly``; ``secure`` cookies are sent over HTTPS only."""
    return Cookie(
        key=name,
        value=value,
        max_age=seconds,
        httponly=True,
        secure=secure,
        samesite="lax",
        path=path,
    )
