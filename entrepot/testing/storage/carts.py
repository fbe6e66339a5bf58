"""Cases of carts."""

from datetime import timedelta
from uuid import uuid4

from core.domain.carts import Cart, Delivery
from core.domain.identifiers import CartId, LineKey
from entrepot.testing.storage.samples import ADDRESS, NOW, POT, yuan
from ports.unit_of_work import UnitsOfWork


class CartCases:
    async def test_a_cart_is_saved_and_removed(self, units: UnitsOfWork) -> None:
        cart = Cart(id=CartId(uuid4()), token_hash="hash", currency="CNY", updated_at=NOW)
        cart.add(POT, 2, yuan(168), key=LineKey("a"))
        cart.add(POT, 1, yuan(0), key=LineKey("b"), source="GIFT")
        cart.deliver_to(Delivery(contact="mei@example.com", address=ADDRESS))
        async with units() as unit:
            await unit.carts.save(cart)
            await unit.commit()
        async with units() as unit:
            found = await unit.carts.find("hash")
            assert found is not None
            assert found.lines == cart.lines
            assert found.delivery == cart.delivery
            await unit.carts.remove(found)
            await unit.commit()
        async with units() as unit:
            assert await unit.carts.find("hash") is None

    async def test_carts_that_guests_left_behind_are_purged(self, units: UnitsOfWork) -> None:
        async with units() as unit:
            for token, at in (("old", NOW - timedelta(days=1)), ("new", NOW)):
                await unit.carts.save(
                    Cart(id=CartId(uuid4()), token_hash=token, currency="CNY", updated_at=at)
                )
            await unit.commit()
        async with units() as unit:
            assert await unit.carts.purge(NOW) == 1
            await unit.commit()
        async with units() as unit:
            assert await unit.carts.find("new") is not None
            assert await unit.carts.find("old") is None
