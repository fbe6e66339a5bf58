"""The web app, assembled: `create` is what the server starts in each worker."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from dependency_injector import providers
from litestar import Litestar
from litestar.di import Provide
from litestar.stores.base import NamespacedStore

from adapters.database.migration import is_current
from adapters.web.addresses import Addresses
from adapters.web.admin.overview import PluginHealth
from adapters.web.app import WebParts, build
from adapters.web.page_cache import PageCache
from adapters.web.shell import Shell
from adapters.web.visitors import Doorkeeper
from entrepot import __version__
from entrepot.container import Container, open_shop
from entrepot.logging import configure_logging


class SchemaOutOfDate(Exception):
    """The database is not at the schema that this version needs."""


def create() -> Shell:
    """The app for the settings in the environment."""
    configure_logging()
    return assemble(open_shop())


def assemble(shop: Container) -> Shell:
    """The app for a shop that is already opened."""
    settings = shop.settings()
    cache = PageCache(settings.page_cache_seconds)
    return build(
        WebParts(
            dependencies={
                **dependencies_of(shop),
                "shelf": Provide(lambda: shop.pages_shelf(), sync_to_thread=False),  # noqa: PLW0108
                "plugin_report": Provide(lambda: lambda: plugin_report(shop), sync_to_thread=False),
            },
            doorkeeper=Doorkeeper(shop.register(), shop.now()),
            addresses=Addresses(settings.base_url, shop.seal()),
            shelf=shop.pages_shelf(),
            new_token=shop.new_token(),
            idempotency_keys=shop.idempotency_keys(),
            now=shop.now(),
            record_act=shop.record_act(),
            base_url=settings.base_url,
            version=__version__,
            page_cache=cache,
            routes=[route for _, route in shop.plugins().brought("entrepot_routes")],
            lifespan=[_running(shop, cache)],
            log_in_attempts_per_minute=settings.log_in_attempts_per_minute,
            rate_limits=_redis(settings.redis_url) if settings.redis_url else None,
            demo_logins=settings.demo_logins,
        )
    )


def dependencies_of(container: Container) -> dict[str, Provide]:
    """Everything in the container as a Litestar dependency of the same name."""

    def dependency(provider: Any) -> Provide:
        return Provide(lambda: provider(), sync_to_thread=False)  # noqa: PLW0108 -- no class

    kinds = (providers.Factory, providers.Singleton, providers.Object, providers.AttributeGetter)
    return {
        name: dependency(provider)
        for name, provider in container.providers.items()
        if isinstance(provider, kinds)
    }


def plugin_report(shop: Container) -> tuple[PluginHealth, ...]:
    """Every plugin, loaded or refused, with its health in this process."""
    manager = shop.plugins()
    loaded = tuple(
        PluginHealth(
            name=name,
            version=plugin.manifest.version,
            state=str(shop.boundaries().of(name).health),
            reason=shop.boundaries().of(name).record.last_error,
        )
        for name, plugin in manager.loaded.items()
    )
    refused = tuple(
        PluginHealth(name=each.name, version="", state="refused", reason=each.reason)
        for each in manager.refused
    )
    return loaded + refused


def _running(shop: Container, cache: PageCache) -> Callable[[Litestar], Any]:
    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        if not await is_current(shop.database()):
            await shop.database().close()
            raise SchemaOutOfDate("Run `entrepot db upgrade` first.")
        await shop.vault().prepare()
        await shop.note_keepers()()
        await shop.replay_tombstones()()
        tasks = [asyncio.create_task(cache.watch(shop.shelf()))]
        if shop.settings().worker_in_server:
            tasks.append(asyncio.create_task(shop.worker().run()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for close in shop.closers():
                await close()
            await shop.database().close()

    return lifespan


def _redis(url: str) -> NamespacedStore:
    from litestar.stores.redis import RedisStore  # noqa: PLC0415 -- an extra

    return RedisStore.with_client(url, namespace="entrepot")
