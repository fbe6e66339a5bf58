"""The web app in this process, and a client that sends the ``Origin`` header of a browser."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from core.domain.identifiers import LocationCode
from entrepot.asgi import web_parts
from entrepot.assembly.shop import Shop
from entrepot.testing.shop.web_app import app_of
from tests.bank import SMALL, Bank
from tests.factories import stock_up
from tests.web.api_client import API
from tests.web.keyed_requests import MEMBER, STAFF, World

ORIGIN = "http://shop.test"


@pytest.fixture
async def stocked(shop: Shop) -> Shop:
    await stock_up(shop)
    return shop


@pytest.fixture
async def client(stocked: Shop) -> AsyncIterator[httpx.AsyncClient]:
    parts = web_parts(stocked)
    app = app_of(parts)
    async with AsyncExitStack() as stack:
        for lifespan in parts.lifespan:
            await stack.enter_async_context(lifespan(app.app))
        yield await stack.enter_async_context(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
                base_url=ORIGIN,
                headers={"origin": ORIGIN},
            )
        )


@pytest.fixture
async def world(stocked: Shop, bank: Bank, client: httpx.AsyncClient) -> World:
    """A shop with much stock, a staff member and a member."""
    await stocked.count_stock()(SMALL, LocationCode("main"), 1_000)
    await stocked.add_staff()(STAFF["login"], STAFF["password"], "Boss")
    staff = await client.post(f"{API}/staff-sessions", json=STAFF)
    member = await client.post(f"{API}/members", json=MEMBER)
    return World(
        shop=stocked,
        bank=bank,
        client=client,
        staff={"authorization": f"Bearer {staff.json()['token']}"},
        member={"authorization": f"Bearer {member.json()['token']}"},
    )
