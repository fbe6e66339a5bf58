"""Adds coupon codes to a cart, and removes them."""

from dataclasses import dataclass, replace

from core.application.carts.ownership import CartOwner, find_cart, require_cart
from core.application.carts.reviews import ReviewEdit, check_reviewed
from core.application.pricing.cart_prices import PriceCart
from core.application.retries import retried
from core.domain.carts import Cart
from core.domain.errors import Invalid, NotFound
from core.domain.pricing.coupons.codes import normalised
from core.domain.pricing.quote import CouponState
from ports.carts import CartQueries
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork

REFUSED = {
    CouponState.UNKNOWN,
    CouponState.EXPIRED,
    CouponState.USED_UP,
    CouponState.USED_BY_YOU,
}
"""A code with one of these states is not kept: nothing that the buyer does makes it count."""


@dataclass(frozen=True, slots=True)
class AddCoupon:
    """Keep a code on the cart, also if its conditions are not met yet. Idempotent.

    Raises:
        Invalid: the code is unknown, expired or used up, or the cart has too many codes.
        NotFound: there is no cart.
        OrderRefused: an order guard refuses.
    """

    units: UnitsOfWork
    carts: CartQueries
    price_cart: PriceCart
    review_edit: ReviewEdit
    now: Clock

    @retried
    async def __call__(self, owner: CartOwner, code: str) -> None:
        cart = await find_cart(self.carts, owner)
        if cart is None:
            raise NotFound("cart", "")
        await self._check(cart, code, owner.channel)
        reviewed = await self.review_edit(owner, lambda cart: cart.add_coupon(code))
        async with self.units() as unit:
            cart = await require_cart(unit, owner, None)
            check_reviewed(cart, reviewed)
            cart.add_coupon(code)
            cart.updated_at = self.now()
            await unit.carts.save(cart)
            await unit.commit()

    async def _check(self, cart: Cart, code: str, channel: str) -> None:
        with_code = replace(cart)
        with_code.add_coupon(code)
        quote = (await self.price_cart(with_code, channel)).quote()
        for answer in quote.coupons:
            is_new = normalised(answer.code) == normalised(code)
            if is_new and answer.reason and answer.state in REFUSED:
                raise Invalid("coupon", answer.reason.template, **answer.reason.values)


@dataclass(frozen=True, slots=True)
class RemoveCoupon:
    """Take a code off the cart. Idempotent. Raises `NotFound` if there is no cart."""

    units: UnitsOfWork
    review_edit: ReviewEdit
    now: Clock

    @retried
    async def __call__(self, owner: CartOwner, code: str) -> None:
        reviewed = await self.review_edit(owner, lambda cart: cart.remove_coupon(code))
        async with self.units() as unit:
            cart = await require_cart(unit, owner, None)
            check_reviewed(cart, reviewed)
            cart.remove_coupon(code)
            cart.updated_at = self.now()
            await unit.carts.save(cart)
            await unit.commit()
