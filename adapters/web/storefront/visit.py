"""One request of a person: who asks, in which language, and the page around the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Redirect

from adapters.web.language import DEFAULT, PREFIX_LENGTH, language_of_path, say
from adapters.web.pages import Pages
from adapters.web.problems import problem_of
from adapters.web.visitors import (
    CART,
    CART_LIVES_SECONDS,
    CART_UNITS,
    SESSION,
    VIEWED,
    AnyRequest,
    Doorkeeper,
    cookie,
    customer_id,
)
from core.application.carts import CartOwner
from core.domain.errors import DomainError, Invalid
from core.domain.identifiers import CustomerId
from ports.clock import NewToken
from ports.errors import PortError
from ports.storage.ledgers import Visitor
from ports.storage.shelf import Shelf

LONGEST_FIELD = 5_000
LONGEST_NUMBER = 10


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed: trimmed, and kept for showing it again."""

    values: dict[str, str]

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def number(self, name: str, default: int) -> int:
        """Raises `Invalid` for what is no whole number."""
        text = self.text(name)
        if not text:
            return default
        if not text.removeprefix("-").isdecimal() or len(text) > LONGEST_NUMBER:
            raise Invalid(name, "“{value}” is not a whole number.", value=text[:40])
        return int(text)

    @staticmethod
    async def of(request: AnyRequest) -> "Form":
        data = await request.form()
        return Form(
            {
                name: value.replace("\0", "").strip()[:LONGEST_FIELD]
                for name, value in data.items()
                if isinstance(value, str)
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What every page of the shop is made with. ``secure`` cookies need HTTPS."""

    doorkeeper: Doorkeeper
    pages: Pages
    shelf: Shelf
    new_token: NewToken
    secure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    request: Request[Any, Any, Any]
    language: str
    member: Visitor | None
    front: Front

    @property
    def shelf(self) -> Shelf:
        return self.front.shelf

    @property
    def cart_token(self) -> str:
        return str(self.request.cookies.get(CART, ""))[:100]

    @property
    def owner(self) -> CartOwner:
        return CartOwner(token=self.cart_token, customer_id=self.customer_id)

    @property
    def customer_id(self) -> CustomerId | None:
        return customer_id(self.member)

    @property
    def cart_units(self) -> int:
        """For the badge alone: a hint that the browser keeps."""
        text = self.request.cookies.get(CART_UNITS, "")
        return int(text) if text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004

    async def page(
        self,
        template: str,
        *,
        status: int = 200,
        cookies: Sequence[Cookie] = (),
        public: bool = False,
        **context: Any,
    ) -> Response[bytes]:
        """``public`` pages look the same to everybody without a cookie, and may be kept."""
        path = self.request.scope["path"]
        query = self.request.scope["query_string"].decode("latin-1")
        tree = await self.shelf.categories(self.language)
        body = self.front.pages.render(
            f"storefront/{template}",
            self.language,
            {
                "tree": tree,
                "navigation": self.front.pages.navigation(self.language, tree),
                "member": self.member,
                "cart_units": self.cart_units,
                "path": path,
                "rest": path[PREFIX_LENGTH:] + (f"?{query}" if query else ""),
                "problem": None,
                **context,
            },
        )
        kept = (self.cart_token, self.cart_units, self.request.cookies.get(VIEWED))
        anonymous = self.member is None and not any(kept)
        cacheable = public and anonymous and status == 200  # noqa: PLR2004
        return Response(
            body,
            status_code=status,
            media_type="text/html",
            headers={
                "cache-control": "public, max-age=0, must-revalidate"
                if cacheable
                else "private, no-store",
                "vary": "cookie",
            },
            cookies=list(cookies),
        )

    async def refusal(
        self, template: str, error: DomainError | PortError, **context: Any
    ) -> Response[bytes]:
        """The same page again, with what is wrong and everything still filled in."""
        problem = problem_of(error, self.language)
        return await self.page(template, status=problem.status, problem=problem, **context)

    def go(self, path: str, cookies: Sequence[Cookie] = ()) -> Response[Any]:
        """Somewhere else in the shop, with a GET."""
        return Redirect(f"/{self.language}{path}", status_code=303, cookies=list(cookies))

    def new_token(self) -> str:
        return self.front.new_token()

    def cookie(self, name: str, value: str, seconds: int) -> Cookie:
        return cookie(name, value, seconds, secure=self.front.secure)

    def units_cookie(self, units: int) -> Cookie:
        return self.cookie(CART_UNITS, str(units), CART_LIVES_SECONDS)

    def say(self, error: DomainError | PortError) -> str:
        return say(error, self.language)


async def open_visit(
    request: Request[Any, Any, Any], front: NamedDependency[SkipValidation[Front]]
) -> Visit:
    return Visit(
        request=request,
        language=language_of_path(request.scope["path"]) or DEFAULT,
        member=await front.doorkeeper.member(str(request.cookies.get(SESSION, ""))),
        front=front,
    )


def local_path(text: str, default: str) -> str:
    """A path in this shop to go on to, never somebody else's address.

    >>> local_path("/zh/cart", "/zh"), local_path("//evil.example", "/zh")
    ('/zh/cart', '/zh')
    """
    if not text.startswith("/") or text.startswith("//") or "\\" in text:
        return default
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else default
