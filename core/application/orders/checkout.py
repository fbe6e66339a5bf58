"""Places an order from a cart."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from core.application.carts.changes import check_available
from core.application.carts.ownership import CartOwner, find_cart
from core.application.carts.reviews import ReviewDraft, claims_for
from core.application.ledger.order_points import OrderPoints
from core.application.orders.checkout_review import shipping_request
from core.application.orders.claims import hold_claims
from core.application.orders.drafts import draft_of_order
from core.application.orders.order_fields import placed_fields
from core.application.orders.order_lines import order_lines, order_pricing, order_shipping
from core.application.pricing.cart_prices import NOTHING_LEFT, CartPrices, PriceCart
from core.application.privacy.recipients import Recipients
from core.application.retries import retrying
from core.application.taxes.quoting import QuoteCheckout
from core.application.tokens import hash_token
from core.domain.address import Address
from core.domain.carts import Cart, Delivery
from core.domain.claims import Claim, ClaimRefused, person_of
from core.domain.errors import (
    CartChanged,
    CartEmpty,
    CheckoutIncomplete,
    DomainError,
    NotForSale,
    OutOfStock,
    Undeliverable,
)
from core.domain.fields.declared import DeclaredFields, FieldChanges
from core.domain.identifiers import CustomerId, OrderId
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.unpaid import Buyer, UnpaidLimits
from core.domain.pricing.changes import OfferLost, price_changed
from core.domain.pricing.quote import Quote
from core.domain.pricing.refunds.amounts import PartialReturn
from ports.carts import CartQueries
from ports.claims import Left
from ports.clock import Clock, NewId, NewNumber
from ports.fulfillment import Carrier, ShippingRate
from ports.security import SignAccessToken
from ports.unit_of_work import RepeatableUnits


@dataclass(frozen=True, slots=True)
class PayWithin:
    """Time limits for the payment of an order; the stock reservation expires with it."""

    guest: timedelta = timedelta(minutes=30)
    member: timedelta = timedelta(minutes=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """What the buyer confirms. ``key`` is an idempotency key.

    ``total`` and ``cart_version`` are the values that the buyer has seen. ``client`` is the
    network address of the buyer; empty if it is not known. ``discounts`` is what each promotion
    took off the total that the buyer has seen, as `RateView.discounts`; None if it is not sent.
    ``fields`` are the values of fields of plugins.
    """

    key: str
    shipping_code: str
    total: Money
    cart_version: int
    language: str
    client: str = ""
    discounts: Mapping[str, int] | None = None
    fields: FieldChanges = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOrder:
    """``access_token`` gives a guest access to the order."""

    id: OrderId
    number: str
    access_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedOrder:
    """An order that is not placed yet, with everything that its price depends on.

    ``claims`` are those of its price and of order guards.
    """

    order: Order
    prices: CartPrices
    address: Address
    rate: ShippingRate
    quote: Quote
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """Turn the cart into an order, and reserve its stock. Idempotent by ``Checkout.key``.

    An order that costs nothing is paid at once.

    Raises:
        CartEmpty: there is nothing to order.
        CartChanged, PriceChanged: the buyer has seen another cart, or another total.
        Invalid, InvalidFields: a value of a field of a plugin is wrong or missing.
        CheckoutIncomplete, Undeliverable: the address or a shipping method is missing.
        TaxesUnavailable: the tax engine did not answer, and the own rates do not count instead.
        NotForSale, OutOfStock, OfferLost: names the SKU.
        OrderRefused, OrderNotReviewed: an order guard refuses, or did not answer.
        ClaimRefused: too little is left of what an order guard claims.
        InsufficientBalance: another order of the member took the points.
        TooManyUnpaidOrders, TooManyUnpaidUnits: the buyer must pay other orders first.
        OffersChanged: a promotion ended, or another buyer took the last use of an offer. The
            cart and its coupons stay.
    """

    units: RepeatableUnits
    carts: CartQueries
    price_cart: PriceCart
    quote_checkout: QuoteCheckout
    review_draft: ReviewDraft
    carrier: Carrier
    now: Clock
    new_id: NewId
    new_number: NewNumber
    sign_access_token: SignAccessToken
    pay_within: PayWithin
    unpaid_limits: UnpaidLimits
    recipients: Recipients
    partial_return: PartialReturn
    order_points: OrderPoints
    declared_fields: DeclaredFields

    async def __call__(self, owner: CartOwner, checkout: Checkout) -> PlacedOrder:
        # The key is scoped to its owner: the same key of another buyer finds no order.
        key = hash_token(f"{owner.customer_id or owner.token}|{checkout.key}")
        placed = await self._placed_before(key)
        if placed is not None:
            return placed
        try:
            scoped = replace(checkout, key=key)
            return await retrying(lambda: self._place(owner, scoped), repeatable=True)
        except DomainError:
            # A concurrent request with the same key may have placed the order meanwhile.
            placed = await self._placed_before(key)
            if placed is None:
                raise
            return placed

    async def _place(self, owner: CartOwner, checkout: Checkout) -> PlacedOrder:
        priced = await self._price(owner, checkout)
        order, cart = priced.order, priced.prices.cart
        try:
            async with self.units() as unit:
                if cart.version != checkout.cart_version:
                    raise CartChanged
                buyer = Buyer(
                    contact=order.contact, customer_id=order.customer_id, client=checkout.client
                )
                units = order.by_sku(order.quantities)
                unpaid = await unit.unpaid_orders.of(buyer, units)
                self.unpaid_limits.check(unpaid, units)
                await unit.stock.reserve(order.id, units, order.pay_before, order.region)
                if order.was_paid:
                    await unit.stock.allocate(order.id)
                emptied = replace(cart, updated_at=order.placed_at)
                emptied.clear()
                await unit.carts.save(emptied)
                await unit.orders.save(order)
                if checkout.client:
                    await unit.unpaid_orders.record_client(order.id, checkout.client)
                quoting = [each.code for each in self.recipients.quoting]
                await unit.recipient_log.record(order.id, quoting, order.placed_at)
                await hold_claims(unit, order, priced.claims)
                await self.order_points.hold(unit, order)
                await unit.commit()
        except ClaimRefused as refused:
            raise await self._without(priced, refused) from refused
        except OutOfStock as short:
            raise await self._without_gift(priced, short) from short
        return self._placed(order)

    async def _price(self, owner: CartOwner, checkout: Checkout) -> PricedOrder:
        cart = await find_cart(self.carts, owner)
        if cart is None or not cart.lines:
            raise CartEmpty
        if cart.delivery is None:
            raise CheckoutIncomplete("address")
        prices = await self._check_cart(cart, owner.channel)
        rate = await self._rate(prices, cart.delivery.address, checkout.shipping_code)
        address = cart.delivery.address
        quote = await self.quote_checkout(prices, address, rate)
        order = self._build_order(prices, quote, rate, cart.delivery, checkout)
        seen = quote.parts if checkout.discounts is None else checkout.discounts
        # A gift or a grant that is lost does not change the total.
        if order.total != checkout.total or dict(seen) != dict(quote.parts):
            raise price_changed(checkout.total, seen, quote, prices.rules)
        for line in quote.lines:
            if line.has_lost_offer:
                raise OfferLost(line.sku)
        claims = await self._review(order, prices, quote)
        if not order.total.minor:
            order.pay(order.placed_at)
        return PricedOrder(
            order=order,
            prices=prices,
            address=address,
            rate=rate,
            quote=quote,
            claims=(*quote.claims, *claims),
        )

    async def _review(self, order: Order, prices: CartPrices, quote: Quote) -> tuple[Claim, ...]:
        """Place the holds of the order guards. Returns the claims of the guards."""
        if not self.review_draft.is_used:
            return ()
        verdict = await self.review_draft(draft_of_order(order, prices, quote))
        for hold in verdict.holds:
            order.place_hold(hold, order.placed_at, "system")
        return claims_for(verdict, person_of(order.customer_id, order.contact))

    async def _without(self, priced: PricedOrder, refused: ClaimRefused) -> DomainError:
        """The price without the offer that was refused, as an error for the buyer."""
        person = refused.claim.person if refused.per_person else ""
        left = {(refused.claim.quota, person): refused.left}
        return await self._price_now(priced, priced.prices, refused, left)

    async def _without_gift(self, priced: PricedOrder, short: OutOfStock) -> DomainError:
        """The price without a gift of which another buyer has taken the last units."""
        return await self._price_now(priced, priced.prices.without_addition(short.sku), short)

    async def _price_now(
        self,
        priced: PricedOrder,
        prices: CartPrices,
        error: DomainError,
        left: Left = NOTHING_LEFT,
    ) -> DomainError:
        """The changed price as an error for the buyer, or ``error`` if the price is the same."""
        now = await self.quote_checkout(prices, priced.address, priced.rate, left)
        if now.parts == priced.quote.parts and now.total == priced.quote.total:
            return error
        return price_changed(priced.order.total, priced.quote.parts, now, prices.rules)

    async def _placed_before(self, key: str) -> PlacedOrder | None:
        async with self.units() as unit:
            existing = await unit.orders.find_by_checkout_key(key)
        return None if existing is None else self._placed(existing)

    async def _check_cart(self, cart: Cart, channel: str) -> CartPrices:
        prices = await self.price_cart(cart, channel)
        for sku, units in cart.units_by_sku.items():
            offer = prices.offers.get(sku)
            if offer is None or not offer.for_sale:
                raise NotForSale(sku)
            check_available(offer, units)
        return prices

    def _build_order(
        self,
        prices: CartPrices,
        quote: Quote,
        rate: ShippingRate,
        delivery: Delivery,
        checkout: Checkout,
    ) -> Order:
        now = self.now()
        order = Order(
            id=OrderId(self.new_id()),
            number=self.new_number(),
            checkout_key=checkout.key,
            contact=delivery.contact,
            address=delivery.address,
            lines=order_lines(prices, quote, self.declared_fields),
            shipping=order_shipping(rate, quote),
            language=checkout.language,
            placed_at=now,
            pay_before=now + self._time_limit(prices.cart.customer_id),
            customer_id=prices.cart.customer_id,
            grants=quote.grants,
            fields=placed_fields(self.declared_fields, checkout.fields),
            pricing=order_pricing(prices, quote, rate, self.partial_return),
        )
        order.placed()
        return order

    async def _rate(self, prices: CartPrices, address: Address, code: str) -> ShippingRate:
        rates = await self.carrier.rates(shipping_request(prices, prices.quote(), address))
        if not rates:
            raise Undeliverable
        for rate in rates:
            if rate.code == code:
                return rate
        raise CheckoutIncomplete("shipping method")

    def _time_limit(self, customer_id: CustomerId | None) -> timedelta:
        return self.pay_within.guest if customer_id is None else self.pay_within.member

    def _placed(self, order: Order) -> PlacedOrder:
        return PlacedOrder(
            id=order.id, number=order.number, access_token=self.sign_access_token(order.number)
        )
