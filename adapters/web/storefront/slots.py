"""What the fills of a storefront page learn about it. A slot that no plugin fills has no views."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.application.carts.views import CartView
from core.domain.identifiers import CustomerId
from core.domain.orders.order import Order
from ports.catalogue.queries import ProductCard, ProductView, VariantView
from ports.content.filling import FillSlots
from ports.content.slots import (
    CardSlotView,
    CartLineSlotView,
    CartSlotView,
    CheckoutSlotView,
    MemberSlotView,
    OrderSlotView,
    ProductSlotView,
    Slot,
    SlotView,
)

Views = dict[Slot, Sequence[SlotView]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotViews:
    """``customer_id`` is the signed-in member. The pages that all visitors share do not pass it."""

    fill_slots: FillSlots
    language: str
    currency: str
    customer_id: CustomerId | None

    def product(self, product: ProductView, shown: VariantView | None) -> Views:
        slots = self._filled(Slot.PRODUCT_PRICE, Slot.PRODUCT_BUY, Slot.PRODUCT_TABS)
        if not slots:
            return {}
        sku = shown.sku if shown else ""
        view = ProductSlotView(**self._page(), product_id=product.id, sku=sku)
        return dict.fromkeys(slots, (view,))

    def cards(self, *rows: Iterable[ProductCard]) -> Views:
        """One view for each product, also if it is in several rows."""
        if not self._filled(Slot.PRODUCT_CARD):
            return {}
        page = self._page()
        products = dict.fromkeys(card.id for row in rows for card in row)
        views = [CardSlotView(**page, product_id=product) for product in products]
        return {Slot.PRODUCT_CARD: tuple(views)}

    def home(self) -> Views:
        return dict.fromkeys(self._filled(Slot.HOME_BLOCK), (SlotView(**self._page()),))

    def cart(self, cart: CartView) -> Views:
        slots = self._filled(Slot.CART_LINE, Slot.CART_SUMMARY)
        if not slots or not cart.lines:
            return {}
        summary = CartSlotView(**self._cart(cart))
        views: Views = {Slot.CART_LINE: summary.lines, Slot.CART_SUMMARY: (summary,)}
        return {slot: views[slot] for slot in slots}

    def checkout(self, cart: CartView, step: str) -> Views:
        """``step`` is ``address`` or ``review``. Only the review has a summary."""
        summary = (Slot.CHECKOUT_SUMMARY,) if step == "review" else ()
        slots = self._filled(Slot.CHECKOUT_STEP, *summary)
        if not slots or not cart.lines:
            return {}
        return dict.fromkeys(slots, (CheckoutSlotView(**self._cart(cart), step=step),))

    def order(self, order: Order) -> Views:
        slots = self._filled(Slot.ORDER_TIMELINE)
        if not slots:
            return {}
        view = OrderSlotView(
            **self._page(),
            customer_id=self.customer_id,
            order_id=order.id,
            number=order.number,
            state=str(order.stage),
        )
        return dict.fromkeys(slots, (view,))

    def member(self, customer_id: CustomerId) -> Views:
        view = MemberSlotView(**self._page(), customer_id=customer_id)
        return dict.fromkeys(self._filled(Slot.MEMBER_HOME), (view,))

    def _filled(self, *slots: Slot) -> tuple[Slot, ...]:
        return tuple(slot for slot in slots if self.fill_slots.fills(slot))

    def _page(self) -> dict[str, Any]:
        return {
            "language": self.language,
            "currency": self.currency,
            "logged_in": self.customer_id is not None,
        }

    def _cart(self, cart: CartView) -> dict[str, Any]:
        page = {**self._page(), "customer_id": self.customer_id}
        lines = tuple(
            CartLineSlotView(
                **page,
                line=line.key,
                sku=line.sku,
                product_id=line.product_id,
                quantity=line.quantity,
            )
            for line in cart.lines
        )
        return {**page, "lines": lines, "total": cart.sums.total}
