"""Builds the web app from the services and settings of the assembly."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Litestar, Router

from adapters.web import errors, notify, operations
from adapters.web.access.requirements import PUBLIC, check_requirements, requiring
from adapters.web.admin.menu import MENU_GROUPS, Menu, MenuEntry
from adapters.web.admin.router import admin_router
from adapters.web.api.body_schemas import BodySchemas
from adapters.web.api.router import api_router
from adapters.web.client_address import TrustedProxies
from adapters.web.content.services import PluginContent
from adapters.web.dependencies import Dependencies, FindPart
from adapters.web.outer.admission import Admission
from adapters.web.outer.app import Edge, OuterApp
from adapters.web.outer.busy import BusyResponses
from adapters.web.outer.files import FileFolders
from adapters.web.outer.job_metrics import JobMetrics
from adapters.web.outer.page_cache import PageCache
from adapters.web.outer.plugin_metrics import PluginMetrics
from adapters.web.outer.request_metrics import RequestMetrics
from adapters.web.outer.security_headers import security_headers
from adapters.web.pages import STATIC, Pages
from adapters.web.plugin_apps import PLUGIN_APPS, PluginApp, PluginRoutes, plugin_router
from adapters.web.rate_limits import RateLimits
from adapters.web.storefront.context import StorefrontServices
from adapters.web.storefront.plugin_pages import PLUGIN_PAGES
from adapters.web.storefront.router import plugin_page_router, storefront_router
from adapters.web.urls import ShopUrls
from adapters.web.visitors import Authenticator, origin_of
from core.application.audit.staff_actions import RecordStaffAction
from core.application.jobs.states import JobWatch
from core.application.pricing.price_groups import FindPriceGroups
from core.domain.identifiers import BaseUrl, Currency, LocationCode
from core.domain.text import LANGUAGES
from ports.catalogue.queries import CatalogueQueries
from ports.clock import Clock, NewToken
from ports.idempotency import IdempotencyKeys
from ports.plugins import PluginReport
from ports.security import CartTokens, SignAccessToken
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
    plugin_report: PluginReport
    job_watch: JobWatch
    cart_tokens: CartTokens
    find_price_groups: FindPriceGroups
    now: Clock
    new_token: NewToken
    base_url: BaseUrl
    currency: Currency
    location: LocationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """``find_part`` serves the shop's own handlers only; ``plugin_routes`` come from plugins.

    ``menu`` has the entries of the back office, those of plugins too.
    ``media`` is the folder of the pictures. ``max_requests`` is the limit of this process.
    """

    services: WebServices
    find_part: FindPart
    plugin_routes: Sequence[PluginRoutes]
    content: PluginContent
    menu: Sequence[MenuEntry]
    rate_limits: RateLimits
    proxies: TrustedProxies
    media: Path
    max_requests: int
    metrics: RequestMetrics
    page_cache: PageCache
    lifespan: Sequence[Lifespan]
    version: str
    demo_logins: bool
    metrics_on_shop: bool


def build(parts: WebParts) -> OuterApp:
    own, plugin_apps = own_dependencies(parts), plugin_apps_of(parts)
    limit = parts.rate_limits.writes
    dependencies = Dependencies(parts.find_part, own)
    app = Litestar(
        route_handlers=[
            *(dependencies.router_for(each) for each in shop_handlers(parts.rate_limits)),
            *(plugin_router(each) for each in plugin_apps.values()),
            *(
                dependencies.router_for(plugin_page_router(language, parts.content.pages, limit))
                for language in LANGUAGES
                if parts.content.pages
            ),
        ],
        exception_handlers=errors.handlers,
        openapi_config=operations.openapi(parts.version),
        plugins=[BodySchemas()],
        lifespan=list(parts.lifespan),
        request_max_body_size=MAX_JSON_BYTES,
        stores=parts.rate_limits.stores(parts.metrics.set_shared_store),
        logging_config=None,
    )
    check_requirements(app)
    app.state["dependencies"] = dependencies
    return _outer_app(app, parts, own, plugin_apps)


def serve(app: Litestar, parts: WebParts) -> OuterApp:
    """Let a built app answer for another shop, with the same routes and limits."""
    own = own_dependencies(parts)
    app.state["dependencies"].serve(parts.find_part, own)
    for name, store in parts.rate_limits.stores(parts.metrics.set_shared_store).items():
        app.stores.register(name, store, allow_override=True)
    return _outer_app(app, parts, own, plugin_apps_of(parts))


def _outer_app(
    app: Litestar,
    parts: WebParts,
    own: Mapping[str, Any],
    plugin_apps: Mapping[str, PluginApp],
) -> OuterApp:
    services = parts.services
    app.state[PLUGIN_APPS] = plugin_apps
    app.state["authenticator"] = own["authenticator"]
    app.state["pages"] = own["pages"]
    app.state[PLUGIN_PAGES] = {each.page.path: each for each in parts.content.pages}
    app.state["public_origin"] = origin_of(services.base_url)
    app.state["idempotency_keys"] = services.idempotency_keys
    app.state["cart_tokens"] = services.cart_tokens
    app.state["now"] = services.now
    app.state["record_staff_action"] = services.record_staff_action
    parts.metrics.registry.register(PluginMetrics(services.plugin_report))
    parts.metrics.registry.register(JobMetrics(services.job_watch))
    edge = Edge(
        proxies=parts.proxies,
        admission=Admission(parts.max_requests),
        busy=BusyResponses(own["pages"]),
        files=FileFolders({"/static/": STATIC, "/media/": parts.media}, parts.content.static),
        cache=parts.page_cache,
        metrics=parts.metrics,
        headers=security_headers(https=is_secure(services)),
    )
    return OuterApp(app, edge)


def own_dependencies(parts: WebParts) -> dict[str, Any]:
    """The dependencies of handlers that are parts of the web app itself, by name."""
    services = parts.services
    pages = Pages(services.base_url, services.new_token)
    authenticator = Authenticator(services.account_queries, services.now)
    return {
        "authenticator": authenticator,
        "shop_urls": ShopUrls(services.base_url, services.sign_access_token),
        "pages": pages,
        "services": StorefrontServices(
            authenticator=authenticator,
            pages=pages,
            catalogue_queries=services.catalogue_queries,
            cart_tokens=services.cart_tokens,
            find_price_groups=services.find_price_groups,
            secure=is_secure(services),
            currency=services.currency,
            content=parts.content,
        ),
        "menu": Menu(MENU_GROUPS, parts.menu),
        "request_metrics": parts.metrics,
        "secure_cookies": is_secure(services),
        "base_url": services.base_url,
        "currency": services.currency,
        "location": services.location,
        "demo_logins": parts.demo_logins,
        "metrics_on_shop": parts.metrics_on_shop,
    }


def plugin_apps_of(parts: WebParts) -> dict[str, PluginApp]:
    return {each.plugin: PluginApp(each) for each in parts.plugin_routes}


def is_secure(services: WebServices) -> bool:
    return services.base_url.startswith("https://")


def shop_handlers(limits: RateLimits) -> list[Router]:
    """The shop's own routes, without those of plugins."""
    sign_in_limit, write_limit = limits.sign_in, limits.writes
    return [
        requiring(PUBLIC, [*operations.handlers, notify.notify]),
        api_router(sign_in_limit, write_limit),
        *(storefront_router(language, sign_in_limit, write_limit) for language in LANGUAGES),
        *(admin_router(language, sign_in_limit) for language in LANGUAGES),
    ]
