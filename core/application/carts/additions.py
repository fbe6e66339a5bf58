"""Adds goods that a promotion offers at a price of its own (加价购), and keeps them without it."""

from dataclasses import dataclass

from core.application.carts.changes import AddToCart
from core.application.carts.offered_units import OfferedUnits
from core.application.carts.ownership import CartOwner, find_cart, require_cart
from core.application.carts.reviews import ReviewEdit, check_reviewed
from core.application.retries import retried
from core.domain.errors import CartChanged, Invalid, NotFound, StaleVersion
from core.domain.identifiers import LineKey, Sku
from ports.carts import CartQueries
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class AddOffered:
    """Add units of a SKU from a promotion. Returns the number of units in the cart.

    Raises:
        NotFound: the promotion does not offer the SKU to this cart.
        Invalid: the promotion allows fewer units.
    """

    carts: CartQueries
    offered_units: OfferedUnits
    add_to_cart: AddToCart

    @retried
    async def __call__(self, owner: CartOwner, sku: Sku, quantity: int, promotion: str) -> int:
        cart = await find_cart(self.carts, owner)
        most = await self.offered_units(cart, sku, promotion, owner.channel) if cart else 0
        if cart is None or not most:
            raise NotFound("offer", promotion)
        if quantity > most:
            raise Invalid("quantity", "Only {left} are left.", left=most)
        try:
            return await self.add_to_cart(owner, sku, quantity, promotion, version=cart.version)
        except CartChanged as error:
            # What is left of the offer may have changed with the cart: it is counted again.
            raise StaleVersion("cart", cart.id) from error


@dataclass(frozen=True, slots=True)
class KeepAtOrdinaryPrice:
    """Keep a line whose offer does not apply any more, at the ordinary price. Idempotent.

    ``version`` is the version that the buyer has seen; None skips the check.

    Raises:
        CartChanged: the cart has another version.
        OrderRefused: an order guard refuses.
        QuantityOutOfRange: the cart would have too many units of the SKU.
    """

    units: UnitsOfWork
    review_edit: ReviewEdit
    now: Clock

    @retried
    async def __call__(self, owner: CartOwner, key: LineKey, version: int | None = None) -> None:
        reviewed = await self.review_edit(owner, lambda cart: cart.keep(key))
        async with self.units() as unit:
            cart = await require_cart(unit, owner, version)
            check_reviewed(cart, reviewed)
            cart.keep(key)
            cart.updated_at = self.now()
            await unit.carts.save(cart)
            await unit.commit()
