"""The connection to PostgreSQL ends while a COMMIT waits for its answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial

import pytest
from sqlalchemy import make_url

from core.application.carts.ownership import CartOwner
from core.application.orders import checkout as checkout_module
from core.application.retries import retrying
from core.domain.orders.states import OrderStage
from entrepot.assembly.shop import Shop, open_shop
from ports.errors import OutcomeUnknown
from tests.bank import CART, SMALL, checkout, fill, state_of
from tests.conftest import ON_POSTGRESQL
from tests.factories import stock_up

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True),
]


class Network:
    """A TCP proxy in front of PostgreSQL. It can lose the answers to COMMITs."""

    def __init__(self, host: str, port: int) -> None:
        self._upstream = (host, port)
        self.answers_to_lose = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection(*self._upstream)
        lost = asyncio.Event()

        async def requests() -> None:
            while data := await reader.read(65_536):
                if b"COMMIT;" in data and self.answers_to_lose:
                    self.answers_to_lose -= 1
                    lost.set()
                upstream_writer.write(data)

        async def answers() -> None:
            while data := await upstream_reader.read(65_536):
                if lost.is_set():
                    return
                writer.write(data)

        pumps = [asyncio.create_task(requests()), asyncio.create_task(answers())]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        for end in (writer, upstream_writer):
            end.close()
            with suppress(ConnectionError):
                await end.wait_closed()


@pytest.fixture
async def network(shop: Shop) -> Network:
    url = make_url(shop.settings().database_url)
    return Network(url.host or "", url.port or 5432)


@pytest.fixture
async def remote(shop: Shop, network: Network) -> AsyncIterator[Shop]:
    """The same shop behind the network."""
    await stock_up(shop)
    server = await asyncio.start_server(network.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = make_url(shop.settings().database_url).set(port=port)
    address = url.render_as_string(hide_password=False)
    remote = open_shop(shop.settings().model_copy(update={"database_url": address}))
    # Loading the plugins waits for the database, and this loop serves the network.
    await asyncio.to_thread(remote.plugins)
    yield remote
    for close in remote.closers():
        await close()
    await remote.database().close()
    server.close()


async def test_an_order_is_placed_once_although_its_commit_has_no_answer(
    remote: Shop, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await fill(remote)
    shown = await checkout(remote, owner)
    network.answers_to_lose = 1
    placed = await remote.place_order()(owner, shown)
    assert network.answers_to_lose == 0
    assert await state_of(remote, placed) is OrderStage.PLACED

    monkeypatch.setattr(checkout_module, "retrying", lambda attempt, **_: retrying(attempt))
    owner = await fill(remote, "another")
    shown = await checkout(remote, owner)
    network.answers_to_lose = 1
    with pytest.raises(OutcomeUnknown):
        await remote.place_order()(owner, shown)


async def test_a_change_that_may_not_run_twice_reports_an_unknown_outcome(
    remote: Shop, network: Network
) -> None:
    owner = CartOwner(token=CART)
    await remote.add_to_cart()(owner, SMALL, 1)
    network.answers_to_lose = 1
    with pytest.raises(OutcomeUnknown):
        await remote.add_to_cart()(owner, SMALL, 1)
    assert (await remote.show_cart()(owner, "zh")).units == 2


async def test_a_lost_connection_before_the_commit_is_replaced(remote: Shop, shop: Shop) -> None:
    owner = CartOwner(token=CART)
    add = partial(remote.add_to_cart(), owner, SMALL, 1)
    await add()
    async with shop.database().writes.begin() as connection:
        await connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await add()
    assert (await remote.show_cart()(owner, "zh")).units == 2


async def test_a_cancelled_statement_ends_its_task(shop: Shop) -> None:
    async with shop.database().reads.connect() as connection:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await connection.exec_driver_sql("SELECT pg_sleep(30)")
