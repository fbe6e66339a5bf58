"""The context of a storefront request: the visitor, the language, and how a page is rendered."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from math import inf
from typing import Any
from urllib.parse import urlsplit

from litestar import Response
from litestar.datastructures import Cookie
from litestar.response import Redirect

from adapters.web.content.filled_page import SlotMarkup
from adapters.web.content.policy import policy_with
from adapters.web.content.services import PluginContent
from adapters.web.dependencies import Given
from adapters.web.forms import LoadVariables, Refusal, no_variables, respond_on_refusal
from adapters.web.language import LANGUAGE_PREFIX_LENGTH
from adapters.web.one_time import MARK
from adapters.web.outer.page_notes import PageNote, note_page
from adapters.web.pages import Pages
from adapters.web.problems import problem_of
from adapters.web.storefront.slots import SlotViews, Views
from adapters.web.visitors import (
    CART_COOKIE,
    CART_COOKIE_SECONDS,
    CART_UNITS_COOKIE,
    SESSION_COOKIE,
    VIEWED_COOKIE,
    AnyRequest,
    Authenticator,
    cookie,
    customer_id,
)
from core.application.pricing.price_groups import FindPriceGroups
from core.domain.identifiers import CustomerId
from ports.catalogue.queries import CatalogueQueries
from ports.content.filling import NOTHING_FILLED, FilledSlots
from ports.security import CartTokens
from ports.sessions import Principal

MAX_TOKEN_LENGTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StorefrontServices:
    """Services for every storefront page. ``secure`` cookies are sent over HTTPS only."""

    authenticator: Authenticator
    pages: Pages
    catalogue_queries: CatalogueQueries
    cart_tokens: CartTokens
    find_price_groups: FindPriceGroups
    secure: bool
    currency: str
    content: PluginContent


@dataclass(frozen=True, slots=True, kw_only=True)
class StorefrontContext:
    request: AnyRequest
    language: str
    member: Principal | None
    services: StorefrontServices

    @property
    def catalogue_queries(self) -> CatalogueQueries:
        return self.services.catalogue_queries

    @property
    def cart_token(self) -> str:
        """Empty if the cookie has no token, or one that the shop did not make."""
        token = str(self.request.cookies.get(CART_COOKIE, ""))
        return token if self.services.cart_tokens.is_genuine(token) else ""

    @property
    def customer_id(self) -> CustomerId | None:
        return customer_id(self.member)

    @property
    def cart_units(self) -> int:
        """Units in the cart for the badge. They come from a cookie, so they can be wrong."""
        text = self.request.cookies.get(CART_UNITS_COOKIE, "")
        return int(text) if text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004

    async def price_groups(self) -> frozenset[str]:
        """The groups whose prices the visitor sees. Each call may cost a statement."""
        return await self.services.find_price_groups(self.customer_id)

    def query(self, name: str) -> str:
        return str(self.request.query_params.get(name, ""))

    async def page(
        self,
        template: str,
        *,
        status: int = 200,
        cookies: Sequence[Cookie] = (),
        public: bool = False,
        slots: FilledSlots = NOTHING_FILLED,
        **variables: Any,
    ) -> Response[bytes]:
        """``public`` pages are the same for all anonymous visitors, so they may be cached.

        ``slots`` say for how long, at most.
        """
        path = self.request.scope["path"]
        query = self.request.scope["query_string"].decode("latin-1")
        tree = await self.catalogue_queries.categories(self.language)
        body = self.services.pages.render(
            f"storefront/{template}",
            self.language,
            {
                "tree": tree,
                "navigation": self.services.pages.navigation(self.language, tree),
                "member": self.member,
                "cart_units": self.cart_units,
                "path": path,
                "path_without_language": path[LANGUAGE_PREFIX_LENGTH:]
                + (f"?{query}" if query else ""),
                "problem": None,
                "slots": SlotMarkup(slots),
                **variables,
            },
        )
        personal = (self.cart_token, self.cart_units, self.request.cookies.get(VIEWED_COOKIE))
        anonymous = self.member is None and not any(personal)
        # A cache would give the one-time key of one visitor to another.
        shared = public and anonymous and MARK not in body and slots.seconds > 0
        cacheable = shared and status == 200  # noqa: PLR2004
        self._note(slots)
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

    def slot_views(self) -> SlotViews:
        return SlotViews(
            fill_slots=self.services.content.slots,
            language=self.language,
            currency=self.services.currency,
            customer_id=self.customer_id,
        )

    async def filled(self, *views: Views) -> FilledSlots:
        """Fill the slots of this page, all at the same time."""
        wanted = {slot: each for some in views for slot, each in some.items()}
        return await self.services.content.slots(wanted) if wanted else NOTHING_FILLED

    def _note(self, slots: FilledSlots) -> None:
        """Origins that the plugins of the page need, and how long it may be kept."""
        policies = self.services.content.policies
        additions = [policies[name] for name in sorted(slots.plugins) if policies.get(name)]
        if additions or slots.seconds != inf:
            policy = policy_with(additions) if additions else ""
            note_page(self.request.scope, PageNote(policy=policy, seconds=slots.seconds))

    async def refusal(self, template: str, error: Refusal, **variables: Any) -> Response[bytes]:
        """The page with the problem of ``error``, and the HTTP status of the problem."""
        problem = problem_of(error, self.language)
        return await self.page(template, status=problem.status, problem=problem, **variables)

    def form_page(
        self, template: str, load: LoadVariables = no_variables, **variables: Any
    ) -> AbstractAsyncContextManager[None]:
        """Wrap a use case: on a domain or port error, respond with the page and the problem.

        ``load`` returns the page's variables. ``variables`` override them, such as ``values``
        with the submitted fields.
        """

        async def render(error: Refusal) -> Response[bytes]:
            return await self.refusal(template, error, **{**await load(), **variables})

        return respond_on_refusal(render)

    def redirect(self, path: str, cookies: Sequence[Cookie] = ()) -> Response[Any]:
        """303 to a storefront page."""
        return Redirect(f"/{self.language}{path}", status_code=303, cookies=list(cookies))

    def cookie(self, name: str, value: str, seconds: int) -> Cookie:
        return cookie(name, value, seconds, secure=self.services.secure)

    def units_cookie(self, units: int) -> Cookie:
        return self.cookie(CART_UNITS_COOKIE, str(units), CART_COOKIE_SECONDS)

    def changed_units_cookies(self, units: int) -> Sequence[Cookie]:
        return [self.units_cookie(units)] if units != self.cart_units else ()


async def storefront_context(
    request: AnyRequest, language: Given[str], services: Given[StorefrontServices]
) -> StorefrontContext:
    return StorefrontContext(
        request=request,
        language=language,
        member=await services.authenticator.member(str(request.cookies.get(SESSION_COOKIE, ""))),
        services=services,
    )


def local_path(text: str, default: str) -> str:
    """``text`` if it is a path of this shop, else ``default``: prevents open redirects.

    >>> local_path("/zh/cart", "/zh"), local_path("//evil.example", "/zh")
    ('/zh/cart', '/zh')
    """
    if not text.startswith("/") or text.startswith("//") or "\\" in text:
        return default
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else default
