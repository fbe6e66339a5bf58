"""Sets how many points a member wants to spend on a cart."""

from dataclasses import dataclass

from core.application.carts.ownership import CartOwner, require_cart
from core.application.carts.reviews import ReviewEdit, check_reviewed
from core.application.retries import retried
from core.domain.errors import Invalid
from core.domain.pricing.settings import PricingSettings
from ports.clock import Clock
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class SpendPoints:
    """Spend up to so many points with the next order; 0 spends none. Idempotent.

    Fewer are spent if the member has fewer, or the goods cost less.

    Raises:
        Invalid: the number is wrong, the shop takes no points, or the buyer is no member.
        NotFound: there is no cart.
        OrderRefused: an order guard refuses.
    """

    units: UnitsOfWork
    pricing_settings: PricingSettings
    review_edit: ReviewEdit
    now: Clock

    @retried
    async def __call__(self, owner: CartOwner, points: int) -> None:
        if not self.pricing_settings.takes_points:
            raise Invalid("points", "This shop takes no points as payment.")
        if owner.customer_id is None:
            raise Invalid("points", "Sign in to pay with points.")
        reviewed = await self.review_edit(owner, lambda cart: cart.spend_points(points))
        async with self.units() as unit:
            cart = await require_cart(unit, owner, None)
            check_reviewed(cart, reviewed)
            cart.spend_points(points)
            cart.updated_at = self.now()
            await unit.carts.save(cart)
            await unit.commit()
