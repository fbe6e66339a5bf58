"""Changes carts, and purges abandoned ones."""

from dataclasses import dataclass
from datetime import timedelta

from core.application.carts.ownership import CartOwner, find_cart, require_cart
from core.application.retries import retrying
from core.application.tokens import hash_token
from core.domain.carts import Cart, Delivery
from core.domain.errors import Invalid, NotForSale, NotFound, OutOfStock
from core.domain.identifiers import CartId, Currency, Sku
from ports.catalogue.queries import CatalogueQueries, Offer
from ports.clock import Clock, NewId, NewToken
from ports.unit_of_work import UnitsOfWork

GUEST_CART_LIFETIME = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class AddToCart:
    """Add units of a SKU; create the cart if needed. Returns the number of units in the cart."""

    units: UnitsOfWork
    catalogue_queries: CatalogueQueries
    now: Clock
    new_id: NewId
    new_token: NewToken
    currency: Currency

    async def __call__(self, owner: CartOwner, sku: Sku, quantity: int) -> int:
        offer = await self._offer(sku)

        async def once() -> int:
            async with self.units() as unit:
                cart = await find_cart(unit.carts, owner) or self._new(owner)
                cart.add(sku, quantity, offer.price)
                check_available(offer, cart.quantities[sku])
                cart.updated_at = self.now()
                await unit.carts.save(cart)
                await unit.commit()
            return sum(cart.quantities.values())

        return await retrying(once)

    async def _offer(self, sku: Sku) -> Offer:
        offer = (await self.catalogue_queries.offers([sku])).get(sku)
        if offer is None:
            raise NotFound("SKU", sku)
        if not offer.for_sale:
            raise NotForSale(sku)
        return offer

    def _new(self, owner: CartOwner) -> Cart:
        if not owner.token and owner.customer_id is None:
            raise Invalid("cart", "The cart token is missing.")
        token = owner.token if owner.customer_id is None else self.new_token()
        return Cart(
            id=CartId(self.new_id()),
            token_hash=hash_token(token),
            currency=self.currency,
            updated_at=self.now(),
            customer_id=owner.customer_id,
        )


@dataclass(frozen=True, slots=True)
class ChangeQuantity:
    """Set the quantity of a SKU; zero removes its line.

    ``version`` is the version that the buyer has seen; None skips the check.

    Raises:
        CartChanged: the cart has another version.
    """

    units: UnitsOfWork
    catalogue_queries: CatalogueQueries
    now: Clock

    async def __call__(
        self, owner: CartOwner, sku: Sku, quantity: int, version: int | None = None
    ) -> None:
        offer = (await self.catalogue_queries.offers([sku])).get(sku)
        async with self.units() as unit:
            cart = await require_cart(unit, owner, version)
            if quantity == 0 or offer is None:
                cart.remove(sku)
            else:
                cart.set_quantity(sku, quantity, offer.price)
                check_available(offer, quantity)
            cart.updated_at = self.now()
            await unit.carts.save(cart)
            await unit.commit()


@dataclass(frozen=True, slots=True)
class SetDelivery:
    """Set the contact and the address of the delivery."""

    units: UnitsOfWork
    now: Clock

    async def __call__(self, owner: CartOwner, delivery: Delivery) -> None:
        async with self.units() as unit:
            cart = await require_cart(unit, owner, None)
            cart.deliver_to(delivery)
            cart.updated_at = self.now()
            await unit.carts.save(cart)
            await unit.commit()


@dataclass(frozen=True, slots=True)
class PurgeCarts:
    """Delete guest carts without a change for 90 days. Returns the number of carts."""

    units: UnitsOfWork
    now: Clock

    async def __call__(self) -> int:
        async with self.units() as unit:
            purged = await unit.carts.purge(self.now() - GUEST_CART_LIFETIME)
            await unit.commit()
        return purged


def check_available(offer: Offer, quantity: int) -> None:
    """Check without a reservation: only an order reserves units. Raises `OutOfStock`."""
    if offer.available < quantity:
        raise OutOfStock(offer.sku, quantity, max(offer.available, 0))
