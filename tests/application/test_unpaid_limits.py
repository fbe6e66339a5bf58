"""Nobody keeps goods from others with orders that are not paid."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from adapters.database.orders.unpaid import SqlUnpaidOrderCounts
from adapters.database.tables.orders import orders
from adapters.database.tables.stock import reservations
from adapters.database.unit_of_work import SqlUnitOfWork
from core.application.carts.ownership import CartOwner
from core.application.orders.checkout import PlacedOrder
from core.domain.carts import Delivery
from core.domain.errors import DomainError
from core.domain.identifiers import LocationCode
from core.domain.orders.unpaid import TooManyUnpaidOrders, TooManyUnpaidUnits
from entrepot.assembly.shop import Shop
from tests.bank import SMALL, checkout
from tests.conftest import ON_POSTGRESQL
from tests.factories import DELIVERY, stock_up
from tests.threads import open_in_thread

pytestmark = pytest.mark.anyio

CLIENT = "203.0.113.7"
STOCK = 400
THREADS = 4
WAIT_SECONDS = 120


@pytest.fixture
async def limited(shop: Shop) -> Shop:
    """Three orders per contact, five per address, ten units or a quarter of 400."""
    limits = {
        "unpaid_orders_per_contact": 3,
        "unpaid_orders_per_client": 5,
        "unpaid_units": 10,
        "unpaid_share": 25,
    }
    for name, most in limits.items():
        setattr(shop.settings(), name, most)
    await stock_up(shop)
    await shop.count_stock()(SMALL, LocationCode("main"), STOCK)
    return shop


async def order(
    shop: Shop,
    number: int,
    units: int = 1,
    *,
    contact: str = "",
    client: str = "",
    start: threading.Barrier | None = None,
) -> PlacedOrder:
    """Each order has a cart of its own; ``contact`` and ``client`` say who places it."""
    owner = CartOwner(token=f"cart {number}")
    await shop.add_to_cart()(owner, SMALL, units)
    delivery = Delivery(contact=contact or f"mei{number}@example.com", address=DELIVERY.address)
    await shop.set_delivery()(owner, delivery)
    details = replace(await checkout(shop, owner, f"key {number}"), client=client)
    if start is not None:
        start.wait(WAIT_SECONDS)
    return await shop.place_order()(owner, details)


async def test_a_contact_has_few_unpaid_orders(limited: Shop) -> None:
    contact = "mei@example.com"
    placed = [await order(limited, number, contact=contact) for number in range(3)]
    with pytest.raises(TooManyUnpaidOrders):
        await order(limited, 3, contact=contact)
    await order(limited, 4)
    await limited.cancel_order()(placed[0].id, "customer")
    await order(limited, 5, contact=contact)


async def test_an_address_has_few_unpaid_orders(limited: Shop) -> None:
    for number in range(5):
        await order(limited, number, client=CLIENT)
    with pytest.raises(TooManyUnpaidOrders):
        await order(limited, 5, client=CLIENT)
    await order(limited, 6, client="203.0.113.8")


async def test_a_buyer_holds_a_share_of_the_stock_without_paying(limited: Shop) -> None:
    await order(limited, 0, 60, client=CLIENT)
    await order(limited, 1, 40, client=CLIENT)
    with pytest.raises(TooManyUnpaidUnits, match="100"):
        await order(limited, 2, 1, client=CLIENT)
    with pytest.raises(TooManyUnpaidUnits):
        await order(limited, 3, 101, client="203.0.113.8")
    await order(limited, 4, 100, client="203.0.113.8")


async def test_little_stock_can_be_ordered_by_one_buyer(limited: Shop) -> None:
    await limited.count_stock()(SMALL, LocationCode("main"), 10)
    await order(limited, 0, 10, client=CLIENT)


async def test_the_address_of_a_buyer_is_a_hash_and_is_forgotten(limited: Shop) -> None:
    placed = await order(limited, 0, client=CLIENT)
    statement = select(orders.c.client).where(orders.c.id == placed.id)

    async def stored() -> bytes | None:
        async with limited.database().reads.connect() as connection:
            found: bytes | None = await connection.scalar(statement)
            return found

    assert await stored() == limited.vault().fingerprint(f"client {CLIENT}")
    await limited.forget_clients()(limited.now()())
    assert await stored() is not None
    await limited.forget_clients()(limited.now()() + timedelta(hours=2))
    assert await stored() is None


def order_in_threads(shop: Shop, first_cart: int) -> int:
    """Each thread has a shop of its own, and orders from one address. Returns the orders."""
    placed: list[PlacedOrder] = []
    start = threading.Barrier(THREADS)

    async def once(number: int) -> None:
        mine = open_in_thread(shop.settings())
        try:
            placed.append(await order(mine, number, 15, client=CLIENT, start=start))
        except DomainError:
            return
        finally:
            for close in mine.closers():
                await close()
            await mine.database().close()

    threads = [
        threading.Thread(target=asyncio.run, args=(once(first_cart + number),))
        for number in range(THREADS)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return len(placed)


@pytest.mark.own_database
@pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True)
async def test_threads_together_do_not_exceed_the_limits(
    limited: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = select(func.coalesce(func.sum(reservations.c.quantity), 0))
    commit = SqlUnitOfWork.commit

    async def units() -> int:
        async with limited.database().reads.connect() as connection:
            return int(await connection.scalar(held) or 0)

    async def late(unit: SqlUnitOfWork) -> None:
        await asyncio.sleep(0.5)
        await commit(unit)

    async def no_lock(*_: object) -> None:
        return

    monkeypatch.setattr(SqlUnitOfWork, "commit", late)
    limited.settings().unpaid_orders_per_client = 2
    assert await asyncio.to_thread(order_in_threads, limited, 0) == 2
    assert await units() == 30
    monkeypatch.setattr(SqlUnpaidOrderCounts, "_lock", no_lock)
    limited.settings().unpaid_orders_per_client = 3
    assert await asyncio.to_thread(order_in_threads, limited, 100) > 1
    assert await units() > 45
