"""Assembles the web app. The server calls `create` in each of its worker processes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog
from litestar import Litestar
from sqlalchemy.exc import SQLAlchemyError

from adapters.plugins.limits import Purpose
from adapters.web.admin.menu import SHOP_MENU, plugin_menu
from adapters.web.app import WebParts, WebServices, build
from adapters.web.client_address import TrustedProxies
from adapters.web.outer.app import OuterApp
from adapters.web.outer.job_metrics import watch_jobs
from adapters.web.outer.metrics_server import metrics_served
from adapters.web.outer.page_cache import PageCache
from adapters.web.outer.request_metrics import RequestMetrics
from adapters.web.plugin_apps import PluginRoutes
from adapters.web.rate_limits import RateLimits
from adapters.web.shared_store import SharedStore
from entrepot import __version__
from entrepot.assembly.content import plugin_content_of
from entrepot.assembly.jobs import SETTINGS_EVERY_SECONDS
from entrepot.assembly.parts import provider_of
from entrepot.assembly.platform import media_folder
from entrepot.assembly.shop import Shop, close_shop, open_shop, prepare_shop
from entrepot.logging import LEVELS, configure_logging
from entrepot.plugin_contract import ROUTES
from ports.errors import PortError, Rejected

log = structlog.get_logger(__name__)

METRICS_ON_SHOP = "shop"
REDIS_SECONDS = 0.4
"""Redis is in the same network: a log-in must not wait for a Redis that hangs."""


class SchemaOutOfDate(Exception):
    """The schema of the database is not the one that this version needs."""


def create() -> OuterApp:
    """The app of the shop that the environment configures."""
    shop = open_shop()
    configure_logging(LEVELS[shop.settings().log_level])
    shop.process_record().open()
    return assemble(shop)


def assemble(shop: Shop) -> OuterApp:
    """The app of an opened shop."""
    return build(web_parts(shop))


def web_parts(shop: Shop) -> WebParts:
    settings = shop.settings()
    cache, metrics = PageCache(settings.page_cache_seconds), RequestMetrics()
    return WebParts(
        services=services_of(shop),
        find_part=partial(provider_of, shop),
        plugin_routes=plugin_routes_of(shop),
        content=plugin_content_of(shop),
        menu=(*SHOP_MENU, *plugin_menu(shop.admin_pages())),
        rate_limits=RateLimits(
            log_in_attempts_per_minute=settings.log_in_attempts_per_minute,
            shared=_redis(settings.redis_url) if settings.redis_url else None,
        ),
        proxies=TrustedProxies(settings.trusted_proxies, settings.proxy_headers),
        media=media_folder(settings),
        max_requests=settings.max_requests,
        metrics=metrics,
        page_cache=cache,
        lifespan=[_lifespan(shop, cache), _metrics(settings.metrics_address, metrics)],
        version=__version__,
        demo_logins=settings.demo_logins,
        metrics_on_shop=settings.metrics_address == METRICS_ON_SHOP,
    )


def plugin_routes_of(shop: Shop) -> list[PluginRoutes]:
    """The routes of each plugin, called through a guard of their own."""
    return [
        PluginRoutes(
            plugin=name,
            handlers=plugin.registered[ROUTES],
            call=partial(
                shop.plugin_guards().of(name, Purpose.ROUTES).call,
                check=lambda response: response,
                final=(Rejected,),
            ),
        )
        for name, plugin in shop.plugins().loaded.items()
        if plugin.registered.get(ROUTES)
    ]


def services_of(shop: Shop) -> WebServices:
    return WebServices(
        account_queries=shop.account_queries(),
        catalogue_queries=shop.cached_catalogue_queries(),
        idempotency_keys=shop.idempotency_keys(),
        record_staff_action=shop.record_staff_action(),
        sign_access_token=shop.sign_access_token(),
        plugin_report=shop.plugin_report(),
        job_watch=shop.job_watch(),
        cart_tokens=shop.cart_tokens(),
        find_price_groups=shop.find_price_groups(),
        now=shop.now(),
        new_token=shop.new_token(),
        base_url=shop.base_url(),
        currency=shop.currency(),
        location=shop.location(),
    )


def _lifespan(shop: Shop, cache: PageCache) -> Callable[[Litestar], Any]:
    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        if not await shop.schema().is_current():
            await shop.database().close()
            raise SchemaOutOfDate("Run `entrepot db upgrade` first.")
        await prepare_shop(shop)
        await shop.job_watch().refresh()
        shop.plugin_guards().report_with(shop.plugin_report())
        shop.process_record().started()
        tasks = [
            asyncio.create_task(cache.watch(shop.catalogue_queries())),
            asyncio.create_task(watch_jobs(shop.job_watch())),
        ]
        if shop.settings().worker_in_server:
            tasks.append(asyncio.create_task(shop.worker().run()))
        else:
            tasks.append(asyncio.create_task(_renew_settings(shop)))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await close_shop(shop)

    return lifespan


async def _renew_settings(shop: Shop) -> None:
    """As the worker does. Runs until cancelled."""
    renew = shop.renew_settings()
    while True:
        await asyncio.sleep(SETTINGS_EVERY_SECONDS)
        try:
            await renew()
        except (SQLAlchemyError, PortError) as error:
            log.warning("cannot read the settings of plugins", error=type(error).__name__)


def _metrics(address: str, metrics: RequestMetrics) -> Callable[[Litestar], Any]:
    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        if address in {"", METRICS_ON_SHOP}:
            yield
            return
        with metrics_served(metrics.registry, address):
            yield

    return lifespan


def _redis(url: str) -> SharedStore:
    # The client library is an extra.
    from litestar.stores.redis import RedisStore  # noqa: PLC0415
    from redis.asyncio import Redis  # noqa: PLC0415
    from redis.asyncio.retry import Retry  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.exceptions import RedisError  # noqa: PLC0415

    client = Redis.from_url(
        url,
        socket_timeout=REDIS_SECONDS,
        socket_connect_timeout=REDIS_SECONDS,
        # One more attempt, because a pooled connection may be an old one.
        retry=Retry(NoBackoff(), 1),
    )
    store = RedisStore(client, namespace="entrepot", handle_client_shutdown=True)
    return SharedStore("redis", store, (RedisError,))
