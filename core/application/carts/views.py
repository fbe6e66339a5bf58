"""Read models of a cart, at current prices and stock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.application.carts.ownership import CartOwner, find_cart
from core.domain.address import Address
from core.domain.carts import Cart, CartLine
from core.domain.identifiers import Currency, ProductId, Sku
from core.domain.money import Money
from ports.carts import CartQueries
from ports.catalogue.queries import CatalogueQueries, Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLineView:
    """``problem`` is empty, ``not_for_sale``, ``sold_out`` or ``too_many``.

    ``price_was`` is the earlier price of the line, or None if the price did not change.
    """

    sku: Sku
    product_id: ProductId | None
    handle: str
    title: str
    options: str
    picture: str
    quantity: int
    available: int
    unit_price: Money
    price_was: Money | None
    total: Money
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CartView:
    """A change of the cart sends ``version`` back; it is 0 for an empty cart.

    ``ready``: there are lines, and no line has a problem.
    """

    lines: tuple[CartLineView, ...]
    units: int
    goods_total: Money
    version: int
    contact: str
    address: Address | None
    ready: bool


@dataclass(frozen=True, slots=True)
class ShowCart:
    """The cart of a buyer at current prices and stock; empty if there is none."""

    carts: CartQueries
    catalogue_queries: CatalogueQueries
    currency: Currency

    async def __call__(self, owner: CartOwner, language: str) -> CartView:
        cart = await find_cart(self.carts, owner)
        if cart is None:
            return empty_cart(self.currency)
        offers = await self.catalogue_queries.offers(list(cart.quantities))
        return view_of(cart, offers, language)


def view_of(cart: Cart, offers: Mapping[Sku, Offer], language: str) -> CartView:
    lines = tuple(_line(line, offers.get(line.sku), language) for line in cart.lines)
    return CartView(
        lines=lines,
        units=sum(line.quantity for line in lines),
        goods_total=sum((line.total for line in lines), Money.zero(cart.currency)),
        version=cart.version,
        contact=cart.delivery.contact if cart.delivery else "",
        address=cart.delivery.address if cart.delivery else None,
        ready=bool(lines) and not any(line.problem for line in lines),
    )


def empty_cart(currency: str) -> CartView:
    return CartView(
        lines=(),
        units=0,
        goods_total=Money.zero(currency),
        version=0,
        contact="",
        address=None,
        ready=False,
    )


def _line(line: CartLine, offer: Offer | None, language: str) -> CartLineView:
    price = offer.price if offer else line.unit_price
    view = CartLineView(
        sku=line.sku,
        product_id=offer.product_id if offer else None,
        handle=offer.handle if offer else "",
        title=offer.title.in_language(language) if offer else line.sku,
        options=offer.options.in_language(language) if offer else "",
        picture=offer.picture if offer else "",
        quantity=line.quantity,
        available=max(offer.available, 0) if offer else 0,
        unit_price=price,
        price_was=None if price == line.unit_price else line.unit_price,
        total=price * line.quantity,
        problem="",
    )
    if offer is None or not offer.for_sale:
        return replace(view, problem="not_for_sale")
    if view.available == 0:
        return replace(view, problem="sold_out")
    return replace(view, problem="too_many") if view.available < line.quantity else view
