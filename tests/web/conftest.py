"""The web app in this process, and a client that behaves like a browser on the same site."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop
from tests.factories import stock_up

ORIGIN = "http://shop.test"


@pytest.fixture
async def stocked(shop: Shop) -> Shop:
    await stock_up(shop)
    return shop


@pytest.fixture
async def client(stocked: Shop) -> AsyncIterator[httpx.AsyncClient]:
    shell = assemble(stocked)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(shell.app.lifespan())
        yield await stack.enter_async_context(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=shell),  # type: ignore[arg-type]
                base_url=ORIGIN,
                headers={"origin": ORIGIN},
            )
        )
