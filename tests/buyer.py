"""A guest who buys N times, as a separate process: `python -m tests.buyer EMAIL N`."""

import asyncio
import sys

from core.application.carts.ownership import CartOwner
from core.domain.carts import Delivery
from entrepot.assembly.shop import open_shop
from tests.bank import SMALL, checkout
from tests.people import MARKED


async def buy(contact: str, count: int) -> None:
    shop = open_shop()
    await shop.vault().prepare()
    delivery = Delivery(contact=contact, address=MARKED.address)
    for number in range(count):
        owner = CartOwner(token=f"buyer-{number}")
        await shop.add_to_cart()(owner, SMALL, 1)
        await shop.set_delivery()(owner, delivery)
        await shop.place_order()(owner, await checkout(shop, owner, f"buyer-{number}"))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        await asyncio.sleep(0.2)
    for close in shop.closers():
        await close()
    await shop.database().close()


if __name__ == "__main__":
    asyncio.run(buy(sys.argv[1], int(sys.argv[2])))
