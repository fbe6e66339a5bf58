"""Assembles the web app. The server calls `create` in each of its worker processes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from litestar import Litestar
from litestar.stores.base import NamespacedStore

from adapters.web.app import WebParts, WebServices, build
from adapters.web.outer.app import OuterApp
from adapters.web.outer.page_cache import PageCache
from adapters.web.rate_limits import RateLimits
from entrepot import __version__
from entrepot.assembly.parts import provider_of
from entrepot.assembly.shop import Shop, close_shop, open_shop, prepare_shop
from entrepot.logging import configure_logging
from entrepot.plugin_manager import ROUTES


class SchemaOutOfDate(Exception):
    """The schema of the database is not the one that this version needs."""


def create() -> OuterApp:
    """The app of the shop that the environment configures."""
    configure_logging()
    return assemble(open_shop())


def assemble(shop: Shop) -> OuterApp:
    """The app of an opened shop."""
    settings = shop.settings()
    cache = PageCache(settings.page_cache_seconds)
    return build(
        WebParts(
            services=services_of(shop),
            find_part=partial(provider_of, shop),
            routes=[route for _, route in shop.plugins().registered(ROUTES)],
            rate_limits=RateLimits(
                log_in_attempts_per_minute=settings.log_in_attempts_per_minute,
                shared=_redis(settings.redis_url) if settings.redis_url else None,
            ),
            page_cache=cache,
            lifespan=[_lifespan(shop, cache)],
            version=__version__,
            demo_logins=settings.demo_logins,
        )
    )


def services_of(shop: Shop) -> WebServices:
    return WebServices(
        account_queries=shop.account_queries(),
        catalogue_queries=shop.cached_catalogue_queries(),
        idempotency_keys=shop.idempotency_keys(),
        record_staff_action=shop.record_staff_action(),
        sign_access_token=shop.sign_access_token(),
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
        tasks = [asyncio.create_task(cache.watch(shop.catalogue_queries()))]
        if shop.settings().worker_in_server:
            tasks.append(asyncio.create_task(shop.worker().run()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await close_shop(shop)

    return lifespan


def _redis(url: str) -> NamespacedStore:
    from litestar.stores.redis import RedisStore  # noqa: PLC0415 -- an extra

    return RedisStore.with_client(url, namespace="entrepot")
