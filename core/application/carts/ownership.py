"""Finds the cart of a member or of a guest."""

from dataclasses import dataclass
from typing import Literal

from core.application.tokens import hash_token
from core.domain.carts import Cart
from core.domain.errors import CartChanged, NotFound
from core.domain.identifiers import CustomerId
from core.domain.pricing.channels import SalesChannel
from ports.carts import CartQueries, Carts
from ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class CartOwner:
    """A member is identified by ``customer_id``, a guest by the secret token of the cart.

    ``channel`` is where the buyer is now: prices can depend on it. Empty if it is not known.
    """

    token: str = ""
    customer_id: CustomerId | None = None
    channel: SalesChannel | Literal[""] = ""


async def find_cart(carts: Carts | CartQueries, owner: CartOwner) -> Cart | None:
    """A token never opens the cart of a member."""
    if owner.customer_id is not None:
        return await carts.find_by_customer(owner.customer_id)
    cart = await carts.find(hash_token(owner.token)) if owner.token else None
    return None if cart is None or cart.customer_id is not None else cart


async def require_cart(unit: UnitOfWork, owner: CartOwner, version: int | None) -> Cart:
    """Raises `NotFound`, or `CartChanged` if ``version`` is given and differs."""
    cart = await find_cart(unit.carts, owner)
    if cart is None:
        raise NotFound("cart", "")
    if version is not None and version != cart.version:
        raise CartChanged
    return cart
