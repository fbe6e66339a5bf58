"""Asks order guards: before a cart changes, when it is shown, and before an order is placed."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.application.carts.drafts import draft_of_cart
from core.application.carts.ownership import CartOwner, find_cart
from core.application.pricing.cart_prices import CartPrices, PriceCart
from core.domain.carts import Cart
from core.domain.claims import Claim
from core.domain.errors import StaleVersion
from core.domain.orders.refusals import OrderNotReviewed, OrderRefused
from core.domain.pricing.quote import Quote
from ports.carts import CartQueries
from ports.order_guards import AskOrderGuards, OrderDraft, Verdict

NO_VERDICT = Verdict()


@dataclass(frozen=True, slots=True)
class ReviewDraft:
    """What the order guards say to a draft that is about to be saved.

    Never called in a transaction. Without guards nothing waits.

    Raises:
        OrderRefused: a guard refuses it.
        OrderNotReviewed: a required guard did not answer.
    """

    order_guards: AskOrderGuards

    @property
    def is_used(self) -> bool:
        return self.order_guards.is_used

    async def __call__(self, draft: OrderDraft) -> Verdict:
        verdict = await self.order_guards(draft)
        if verdict.refusals:
            raise OrderRefused(verdict.refusals)
        if verdict.unavailable:
            raise OrderNotReviewed
        return verdict

    async def shown(self, prices: CartPrices, quote: Quote) -> Verdict:
        """What a page shows of a cart as it is: nothing is refused."""
        if not self.is_used or not prices.cart.lines:
            return NO_VERDICT
        return await self.order_guards(draft_of_cart(prices, quote))


@dataclass(frozen=True, slots=True)
class ReviewEdit:
    """Ask the order guards about a cart as it will be.

    Every use case that changes a cart calls it before its transaction, and then requires the
    version that it returns: see `check_reviewed`.
    """

    carts: CartQueries
    price_cart: PriceCart
    review_draft: ReviewDraft

    async def __call__(
        self,
        owner: CartOwner,
        edit: Callable[[Cart], None],
        *,
        new: Callable[[], Cart] | None = None,
    ) -> int | None:
        """The version of the cart that was reviewed; None if there is nothing to review.

        ``new`` makes the cart of a buyer who has none. An edit that only takes something out is
        reviewed too, and never refused: what stays wrong is shown, and cannot be ordered.

        Raises: as `ReviewDraft`, and as ``edit``.
        """
        if not self.review_draft.is_used:
            return None
        cart = await find_cart(self.carts, owner) or (new() if new else None)
        if cart is None:
            return None
        edited = replace(cart)
        edit(edited)
        if edited.lines:
            prices = await self.price_cart(edited, owner.channel)
            try:
                await self.review_draft(draft_of_cart(prices, prices.quote()))
            except (OrderRefused, OrderNotReviewed):
                if not _takes_out(cart, edited):
                    raise
        return cart.version


def _takes_out(before: Cart, after: Cart) -> bool:
    """Whether ``after`` has nothing that is not in ``before``."""
    units = {line.key: line.quantity for line in before.lines}
    return (
        all(line.quantity <= units.get(line.key, 0) for line in after.lines)
        and set(after.coupons) <= set(before.coupons)
        and after.points <= before.points
        and after.delivery == before.delivery
    )


def check_reviewed(cart: Cart, version: int | None) -> None:
    """Raises `StaleVersion` if the cart has changed since its review; the caller asks again."""
    if version is not None and cart.version != version:
        raise StaleVersion("cart", cart.id)


def claims_for(verdict: Verdict, person: str) -> tuple[Claim, ...]:
    """The claims of an order of this person."""
    return tuple(
        replace(each, person=person if each.per_person is not None else "")
        for each in verdict.claims
    )
