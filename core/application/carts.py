"""Filling a cart, and looking at it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from core.application.retrying import retrying
from core.domain.address import Address
from core.domain.cart import Cart, CartLine, Delivery
from core.domain.errors import CartChanged, Invalid, NotForSale, NotFound, OutOfStock
from core.domain.identifiers import CartId, Currency, CustomerId, ProductId, Sku
from core.domain.money import Money
from ports.clock import Clock, NewId, NewToken
from ports.storage.ledgers import CartLedger
from ports.storage.shelf import Offer, Shelf
from ports.storage.trade import Carts
from ports.storage.units import Unit, UnitsOfWork

GUEST_CART_LIVES = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class CartOwner:
    """A member by customer, anybody else by the secret token of the cart."""

    token: str = ""
    customer_id: CustomerId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLineView:
    """``problem`` is empty, ``not_for_sale``, ``sold_out`` or ``too_many``.

    ``price_was`` is the price when it was put in, if that was another one.
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
    """``version`` is to be sent with a change of what was shown; it is 0 for an empty cart."""

    lines: tuple[CartLineView, ...]
    units: int
    goods_total: Money
    version: int
    contact: str
    address: Address | None
    ready: bool


@dataclass(frozen=True, slots=True)
class ShowCart:
    """The cart at the prices and with the stock of now."""

    carts: CartLedger
    shelf: Shelf
    currency: Currency

    async def __call__(self, owner: CartOwner, language: str) -> CartView:
        cart = await find_cart(self.carts, owner)
        if cart is None:
            return empty_cart(self.currency)
        offers = await self.shelf.offers(list(cart.quantities))
        return view_of(cart, offers, language)


@dataclass(frozen=True, slots=True)
class AddToCart:
    """Put units of a SKU in; the first one makes the cart. How many units it holds then."""

    units: UnitsOfWork
    shelf: Shelf
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
        offer = (await self.shelf.offers([sku])).get(sku)
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
    """Say how many of a SKU there should be; none takes it out.

    ``version`` is the one that was shown, or None to change whatever is there.
    """

    units: UnitsOfWork
    shelf: Shelf
    now: Clock

    async def __call__(
        self, owner: CartOwner, sku: Sku, quantity: int, version: int | None = None
    ) -> None:
        offer = (await self.shelf.offers([sku])).get(sku)
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
    """Say to whom the cart would be sent."""

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
class ForgetCarts:
    """Drop the carts that guests left behind for 90 days; how many."""

    units: UnitsOfWork
    now: Clock

    async def __call__(self) -> int:
        async with self.units() as unit:
            gone = await unit.carts.purge(self.now() - GUEST_CART_LIVES)
            await unit.commit()
        return gone


def hash_token(token: str) -> str:
    """What is kept of a secret token. It is random, so it needs no salt."""
    return sha256(token.encode()).hexdigest()


async def find_cart(carts: Carts | CartLedger, owner: CartOwner) -> Cart | None:
    """A member's cart is opened by the member alone, and by no token."""
    if owner.customer_id is not None:
        return await carts.find_of(owner.customer_id)
    cart = await carts.find(hash_token(owner.token)) if owner.token else None
    return None if cart is None or cart.customer_id is not None else cart


async def require_cart(unit: Unit, owner: CartOwner, version: int | None) -> Cart:
    cart = await find_cart(unit.carts, owner)
    if cart is None:
        raise NotFound("cart", "")
    if version is not None and version != cart.version:
        raise CartChanged
    return cart


def check_available(offer: Offer, quantity: int) -> None:
    """A kind warning and no promise: only placing the order sets units aside."""
    if offer.available < quantity:
        raise OutOfStock(offer.sku, quantity, max(offer.available, 0))


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
