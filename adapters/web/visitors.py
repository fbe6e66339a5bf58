"""Cookies and sessions of guests, customers and staff."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from core.application.tokens import hash_token
from core.domain.accounts import AccountKind
from core.domain.identifiers import CustomerId
from ports.clock import Clock
from ports.sessions import AccountQueries, Principal

SESSION_COOKIE = "entrepot_session"
STAFF_SESSION_COOKIE = "entrepot_staff"
DEVICE_COOKIE = "entrepot_device"
STAFF_DEVICE_COOKIE = "entrepot_staff_device"
CART_COOKIE = "entrepot_cart"
CART_UNITS_COOKIE = "entrepot_units"
VIEWED_COOKIE = "entrepot_viewed"
COOKIE_NAMES = (SESSION_COOKIE, STAFF_SESSION_COOKIE, CART_COOKIE, VIEWED_COOKIE)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
CART_COOKIE_SECONDS = 90 * 86_400
MEMBER_SESSION_SECONDS = 30 * 86_400
STAFF_SESSION_SECONDS = 12 * 3_600
DEVICE_COOKIE_SECONDS = 365 * 86_400

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
    if not is_same_origin(connection):
        raise PermissionDeniedException


def is_same_origin(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether a request reads only, or comes from a page of the shop."""
    if connection.scope["method"] in SAFE_METHODS:  # type: ignore[typeddict-item]
        return True
    site = connection.headers.get("sec-fetch-site")
    return site in {"same-origin", "none"} if site is not None else _is_own_origin(connection)


def _is_own_origin(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether ``Origin`` is the shop's public address, or the host that the request was sent to.

    A proxy may send a ``Host`` of its own, and a shop may have several names.
    """
    origin = connection.headers.get("origin", "")
    public: str = connection.app.state["public_origin"]
    if origin == public:
        return True
    scheme, _, host = origin.partition("://")
    same_host = host == connection.headers.get("host", "") != ""
    return same_host and (scheme == "https" or not public.startswith("https://"))


def origin_of(url: str) -> str:
    """Scheme, host and port as browsers send them in ``Origin``.

    >>> origin_of("https://Shop.example:443/path"), origin_of("http://127.0.0.1:8000")
    ('https://shop.example', 'http://127.0.0.1:8000')
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in {None, default} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


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
