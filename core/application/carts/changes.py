"""Changes carts, and purges abandoned ones."""

from dataclasses import dataclass
from datetime import timedelta

from core.application.carts.offered_units import OfferedUnits
from core.application.carts.ownership import CartOwner, find_cart, require_cart
from core.application.carts.reviews import ReviewEdit, check_reviewed
from core.application.purges import purge_all
from core.application.retries import retried, retrying
from core.application.tokens import hash_token
from core.domain.carts import Cart, Delivery
from core.domain.errors import (
    CartChanged,
    Invalid,
    NotForSale,
    NotFound,
    OutOfStock,
    StaleVersion,
)
from core.domain.identifiers import CartId, Currency, LineKey, Sku
from ports.carts import CartQueries
from ports.catalogue.queries import CatalogueQueries, Offer
from ports.clock import Clock, NewId, NewToken
from ports.unit_of_work import UnitsOfWork

GUEST_CART_LIFETIME = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class AddToCart:
    """Add units of a SKU; create the cart if needed. Returns the number of units in the cart.

    ``source`` is the code of the promotion that offers them; empty for what the buyer chose.

    Raises `OrderRefused` if an order guard refuses.
    """

    units: UnitsOfWork
    catalogue_queries: CatalogueQueries
    now: Clock
    new_id: NewId
    new_token: NewToken
    currency: Currency
    review_edit: ReviewEdit

    async def __call__(
        self,
        owner: CartOwner,
        sku: Sku,
        quantity: int,
        source: str = "",
        *,
        version: int | None = None,
    ) -> int:
        """``version`` is that of the cart; with another one it raises `CartChanged`."""
        offer = await self._offer(sku)
        key = LineKey(self.new_id().hex)

        def add(cart: Cart) -> None:
            cart.add(sku, quantity, offer.price, key=key, source=source)

        async def once() -> int:
            reviewed = await self.review_edit(owner, add, new=lambda: self._new(owner))
            async with self.units() as unit:
                cart = await find_cart(unit.carts, owner) or self._new(owner)
                if version is not None and cart.version != version:
                    raise CartChanged
                check_reviewed(cart, reviewed)
                add(cart)
                check_available(offer, cart.units_by_sku[sku])
                cart.updated_at = self.now()
                await unit.carts.save(cart)
                await unit.commit()
            return sum(line.quantity for line in cart.lines)

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
    """Set the quantity of a line; zero removes it.

    ``version`` is the version that the buyer has seen; None skips the check.

    Raises:
        CartChanged: the cart has another version.
        Invalid: the promotion that offers the line allows fewer units.
        NotFound: the line was removed before.
        OrderRefused: an order guard refuses more units.
    """

    units: UnitsOfWork
    carts: CartQueries
    catalogue_queries: CatalogueQueries
    offered_units: OfferedUnits
    review_edit: ReviewEdit
    now: Clock

    @retried
    async def __call__(
        self, owner: CartOwner, key: LineKey, quantity: int, version: int | None = None
    ) -> None:
        offer = await self._offer(owner, key)

        def change(cart: Cart) -> None:
            if quantity and cart.find_line(key) is None:
                raise NotFound("cart line", key)
            if quantity == 0 or offer is None:
                cart.remove(key)
            else:
                cart.set_quantity(key, quantity, offer.price)
                check_available(offer, cart.units_by_sku[offer.sku])

        async def once() -> None:
            seen = await self._check_offered(owner, key, quantity)
            reviewed = await self.review_edit(owner, change)
            async with self.units() as unit:
                cart = await require_cart(unit, owner, version)
                if seen is not None and cart.version != seen:
                    raise StaleVersion("cart", cart.id)
                check_reviewed(cart, reviewed)
                change(cart)
                cart.updated_at = self.now()
                await unit.carts.save(cart)
                await unit.commit()

        await retrying(once)

    async def _check_offered(self, owner: CartOwner, key: LineKey, quantity: int) -> int | None:
        """The version of the cart for which the promotion of the line allows the quantity."""
        cart = await find_cart(self.carts, owner)
        line = cart.find_line(key) if cart else None
        if cart is None or line is None or not line.source or quantity <= line.quantity:
            return None
        most = line.quantity + await self.offered_units(cart, line.sku, line.source, owner.channel)
        if quantity > most:
            raise Invalid("quantity", "The offer is for at most {most}.", most=most)
        return cart.version

    async def _offer(self, owner: CartOwner, key: LineKey) -> Offer | None:
        cart = await find_cart(self.carts, owner)
        line = cart.find_line(key) if cart else None
        if line is None:
            return None
        return (await self.catalogue_queries.offers([line.sku])).get(line.sku)


@dataclass(frozen=True, slots=True)
class SetDelivery:
    """Set the contact and the address of the delivery.

    Raises `OrderRefused` if an order guard refuses the region.
    """

    units: UnitsOfWork
    review_edit: ReviewEdit
    now: Clock

    @retried
    async def __call__(self, owner: CartOwner, delivery: Delivery) -> None:
        async def once() -> None:
            reviewed = await self.review_edit(owner, lambda cart: cart.deliver_to(delivery))
            async with self.units() as unit:
                cart = await require_cart(unit, owner, None)
                check_reviewed(cart, reviewed)
                cart.deliver_to(delivery)
                cart.updated_at = self.now()
                await unit.carts.save(cart)
                await unit.commit()

        await retrying(once)


@dataclass(frozen=True, slots=True)
class PurgeCarts:
    """Delete guest carts without a change for 90 days. Returns the number of carts."""

    units: UnitsOfWork
    now: Clock

    async def __call__(self) -> int:
        return await purge_all(self._purge_batch)

    @retried
    async def _purge_batch(self) -> int:
        async with self.units() as unit:
            purged = await unit.carts.purge(self.now() - GUEST_CART_LIFETIME)
            await unit.commit()
        return purged


def check_available(offer: Offer, quantity: int) -> None:
    """Check without a reservation: only an order reserves units. Raises `OutOfStock`."""
    if offer.available < quantity:
        raise OutOfStock(offer.sku, quantity, max(offer.available, 0))
