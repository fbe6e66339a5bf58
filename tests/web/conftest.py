"""The web app in this process, and a client that sends the ``Origin`` header of a browser."""

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
    app = assemble(stocked)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.app.lifespan())
        yield await stack.enter_async_context(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
                base_url=ORIGIN,
                headers={"origin": ORIGIN},
            )
        )
