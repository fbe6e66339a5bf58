"""Builds the web app from the services and settings of the assembly."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from litestar import Litestar, Router
from litestar.handlers import BaseRouteHandler

from adapters.web import errors, notify, operations
from adapters.web.admin.router import admin_router
from adapters.web.api.router import api_router
from adapters.web.dependencies import Dependencies, FindPart
from adapters.web.outer.app import OuterApp
from adapters.web.outer.page_cache import PageCache
from adapters.web.outer.request_metrics import RequestMetrics
from adapters.web.outer.security_headers import security_headers
from adapters.web.pages import Pages
from adapters.web.rate_limits import RateLimits
from adapters.web.storefront.context import StorefrontServices
from adapters.web.storefront.router import storefront_router
from adapters.web.urls import ShopUrls
from adapters.web.visitors import Authenticator
from core.application.audit.staff_actions import RecordStaffAction
from core.domain.identifiers import BaseUrl, Currency, LocationCode
from core.domain.text import LANGUAGES
from ports.catalogue.queries import CatalogueQueries
from ports.clock import Clock, NewToken
from ports.idempotency import IdempotencyKeys
from ports.security import SignAccessToken
from ports.sessions import AccountQueries

MAX_JSON_BYTES = 1_000_000

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class WebServices:
    """Services of the shop that the web app itself uses."""

    account_queries: AccountQueries
    catalogue_queries: CatalogueQueries
    idempotency_keys: IdempotencyKeys
    record_staff_action: RecordStaffAction
    sign_access_token: SignAccessToken
    now: Clock
    new_token: NewToken
    base_url: BaseUrl
    currency: Currency
    location: LocationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """``find_part`` serves the shop's own handlers only; ``routes`` come from plugins."""

    services: WebServices
    find_part: FindPart
    routes: Sequence[Any]
    rate_limits: RateLimits
    page_cache: PageCache
    lifespan: Sequence[Lifespan]
    version: str
    demo_logins: bool


def build(parts: WebParts) -> OuterApp:
    services = parts.services
    secure = services.base_url.startswith("https://")
    request_metrics, pages = RequestMetrics(), Pages(services.base_url)
    authenticator = Authenticator(services.account_queries, services.now)
    dependencies = Dependencies(
        parts.find_part,
        {
            "authenticator": authenticator,
            "shop_urls": ShopUrls(services.base_url, services.sign_access_token),
            "pages": pages,
            "services": StorefrontServices(
                authenticator=authenticator,
                pages=pages,
                catalogue_queries=services.catalogue_queries,
                new_token=services.new_token,
                secure=secure,
            ),
            "request_metrics": request_metrics,
            "secure_cookies": secure,
            "base_url": services.base_url,
            "currency": services.currency,
            "location": services.location,
            "demo_logins": parts.demo_logins,
        },
    )
    app = Litestar(
        route_handlers=[
            *(dependencies.router_for(each) for each in shop_handlers(parts.rate_limits)),
            *parts.routes,
        ],
        exception_handlers=errors.handlers,
        openapi_config=operations.openapi(parts.version),
        lifespan=list(parts.lifespan),
        request_max_body_size=MAX_JSON_BYTES,
        stores=parts.rate_limits.stores(),
        logging_config=None,
    )
    app.state["authenticator"] = authenticator
    app.state["pages"] = pages
    app.state["idempotency_keys"] = services.idempotency_keys
    app.state["now"] = services.now
    app.state["record_staff_action"] = services.record_staff_action
    return OuterApp(app, parts.page_cache, request_metrics, security_headers(https=secure))


def shop_handlers(limits: RateLimits) -> list[Router | BaseRouteHandler]:
    """The shop's own routes, without those of plugins."""
    sign_in_limit, write_limit = limits.sign_in, limits.writes
    return [
        *operations.handlers,
        notify.notify,
        api_router(sign_in_limit, write_limit),
        *(storefront_router(language, sign_in_limit, write_limit) for language in LANGUAGES),
        *(admin_router(language, sign_in_limit) for language in LANGUAGES),
    ]
