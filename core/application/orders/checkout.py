"""Places an order from a cart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from core.application.carts.ownership import CartOwner, find_cart
from core.application.orders.checkout_review import shipping_request
from core.application.privacy.recipients import Recipients
from core.application.retries import retrying
from core.application.tokens import hash_token
from core.domain.carts import Cart
from core.domain.errors import (
    AlreadyExists,
    CartChanged,
    CartEmpty,
    CheckoutIncomplete,
    NotForSale,
    OutOfStock,
    PriceChanged,
    Undeliverable,
)
from core.domain.identifiers import OrderId, Sku
from core.domain.money import Money
from core.domain.orders.order import Order, OrderLine, Shipping
from ports.carts import CartQueries
from ports.catalogue.queries import CatalogueQueries, Offer
from ports.clock import Clock, NewId, NewNumber
from ports.fulfillment import Carrier, ShippingRate
from ports.security import SignAccessToken
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class PayWithin:
    """Time limits for the payment of an order; the stock reservation expires with it."""

    guest: timedelta = timedelta(minutes=30)
    member: timedelta = timedelta(minutes=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """What the buyer confirms. ``key`` is an idempotency key.

    ``total`` and ``cart_version`` are the values that the buyer has seen.
    """

    key: str
    shipping_code: str
    total: Money
    cart_version: int
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOrder:
    """``access_token`` gives a guest access to the order."""

    id: OrderId
    number: str
    access_token: str


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """Turn the cart into an order, and reserve its stock. Idempotent by ``Checkout.key``.

    Raises:
        CartEmpty: there is nothing to order.
        CartChanged, PriceChanged: the buyer has seen another cart, or another total.
        CheckoutIncomplete, Undeliverable: the address or a shipping method is missing.
        NotForSale, OutOfStock: names the SKU.
    """

    units: UnitsOfWork
    carts: CartQueries
    catalogue_queries: CatalogueQueries
    carrier: Carrier
    now: Clock
    new_id: NewId
    new_number: NewNumber
    sign_access_token: SignAccessToken
    pay_within: PayWithin
    recipients: Recipients

    async def __call__(self, owner: CartOwner, checkout: Checkout) -> PlacedOrder:
        # The key is scoped to its owner: the same key of another buyer finds no order.
        scoped_key = hash_token(f"{owner.customer_id or owner.token}|{checkout.key}")
        return await retrying(lambda: self._place(owner, replace(checkout, key=scoped_key)))

    async def _place(self, owner: CartOwner, checkout: Checkout) -> PlacedOrder:
        cart = await find_cart(self.carts, owner)
        if cart is None or not cart.lines:
            return await self._placed_before(checkout)
        order = await self._build_order(cart, checkout, owner)
        async with self.units() as unit:
            existing = await unit.orders.find_by_checkout_key(checkout.key)
            if existing is not None:
                return self._placed(existing)
            if cart.version != checkout.cart_version:
                raise CartChanged
            await unit.stock.reserve(order.id, order.quantities, order.pay_before, order.region)
            cart.clear()
            cart.updated_at = order.placed_at
            await unit.carts.save(cart)
            try:
                await unit.orders.save(order)
            except AlreadyExists:
                return await self._placed_before(checkout)
            quoting = [each.code for each in self.recipients.quoting]
            await unit.recipient_log.record(order.id, quoting, order.placed_at)
            await unit.commit()
        return self._placed(order)

    async def _placed_before(self, checkout: Checkout) -> PlacedOrder:
        async with self.units() as unit:
            existing = await unit.orders.find_by_checkout_key(checkout.key)
        if existing is None:
            raise CartEmpty
        return self._placed(existing)

    async def _build_order(self, cart: Cart, checkout: Checkout, owner: CartOwner) -> Order:
        if cart.delivery is None:
            raise CheckoutIncomplete("address")
        offers = await self.catalogue_queries.offers(list(cart.quantities))
        lines = tuple(_order_line(sku, units, offers) for sku, units in cart.quantities.items())
        goods = sum((line.total for line in lines), Money.zero(cart.currency))
        rate = await self._rate(cart, offers, goods, checkout.shipping_code)
        now = self.now()
        order = Order(
            id=OrderId(self.new_id()),
            number=self.new_number(),
            checkout_key=checkout.key,
            contact=cart.delivery.contact,
            address=cart.delivery.address,
            lines=lines,
            shipping=Shipping(code=rate.code, name=rate.name, price=rate.price),
            language=checkout.language,
            placed_at=now,
            pay_before=now + self._time_limit(owner),
            customer_id=owner.customer_id,
        )
        if order.total != checkout.total:
            raise PriceChanged(checkout.total, order.total)
        order.placed()
        return order

    async def _rate(
        self, cart: Cart, offers: Mapping[Sku, Offer], goods: Money, code: str
    ) -> ShippingRate:
        if cart.delivery is None:
            raise CheckoutIncomplete("address")
        rates = await self.carrier.rates(
            shipping_request(cart, offers, goods, cart.delivery.address)
        )
        if not rates:
            raise Undeliverable
        for rate in rates:
            if rate.code == code:
                return rate
        raise CheckoutIncomplete("shipping method")

    def _time_limit(self, owner: CartOwner) -> timedelta:
        return self.pay_within.guest if owner.customer_id is None else self.pay_within.member

    def _placed(self, order: Order) -> PlacedOrder:
        return PlacedOrder(
            id=order.id, number=order.number, access_token=self.sign_access_token(order.number)
        )


def _order_line(sku: Sku, quantity: int, offers: Mapping[Sku, Offer]) -> OrderLine:
    offer = offers.get(sku)
    if offer is None or not offer.for_sale:
        raise NotForSale(sku)
    if offer.available < quantity:
        raise OutOfStock(sku, quantity, max(offer.available, 0))
    return OrderLine(
        sku=sku,
        product_id=offer.product_id,
        title=offer.title,
        options=offer.options,
        quantity=quantity,
        unit_price=offer.price,
        picture=offer.picture,
        return_exception=offer.return_exception,
    )
