"""Slots: the places of storefront pages that plugins fill."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from core.domain.identifiers import CustomerId, OrderId, ProductId
from core.domain.money import Money
from ports.content.fragments import Fragment


class Slot(StrEnum):
    """A place of a page. `SlotView` and its subclasses say what a fill learns about the page."""

    PRODUCT_PRICE = "product.price"
    PRODUCT_BUY = "product.buy"
    PRODUCT_TABS = "product.tabs"
    PRODUCT_CARD = "product.card"
    CART_LINE = "cart.line"
    CART_SUMMARY = "cart.summary"
    CHECKOUT_STEP = "checkout.step"
    CHECKOUT_SUMMARY = "checkout.summary"
    ORDER_TIMELINE = "order.timeline"
    MEMBER_HOME = "member.home"
    HOME_BLOCK = "home.block"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotView:
    """What every fill learns: the language ``zh`` or ``en``, the ISO 4217 code of the currency.

    `Slot.HOME_BLOCK` has no more than this.
    """

    language: str
    currency: str
    logged_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSlotView(SlotView):
    """A product page. ``sku`` is the variant that is shown first; empty if there is none."""

    product_id: ProductId
    sku: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSlotView(SlotView):
    """A product in a list, or in a row of the home page."""

    product_id: ProductId


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLineSlotView(SlotView):
    """A line of a cart. ``product_id`` is None if the product is gone."""

    customer_id: CustomerId | None
    line: str
    sku: str
    product_id: ProductId | None
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CartSlotView(SlotView):
    """A cart, with the total before shipping."""

    customer_id: CustomerId | None
    lines: tuple[CartLineSlotView, ...]
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutSlotView(CartSlotView):
    """A step of the checkout: ``address`` or ``review``."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSlotView(SlotView):
    """The page of an order. A guest's order has no customer."""

    customer_id: CustomerId | None
    order_id: OrderId
    number: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSlotView(SlotView):
    """The account page of a member."""

    customer_id: CustomerId


VIEWS: dict[Slot, type[SlotView]] = {
    Slot.PRODUCT_PRICE: ProductSlotView,
    Slot.PRODUCT_BUY: ProductSlotView,
    Slot.PRODUCT_TABS: ProductSlotView,
    Slot.PRODUCT_CARD: CardSlotView,
    Slot.CART_LINE: CartLineSlotView,
    Slot.CART_SUMMARY: CartSlotView,
    Slot.CHECKOUT_STEP: CheckoutSlotView,
    Slot.CHECKOUT_SUMMARY: CheckoutSlotView,
    Slot.ORDER_TIMELINE: OrderSlotView,
    Slot.MEMBER_HOME: MemberSlotView,
    Slot.HOME_BLOCK: SlotView,
}
LISTED = frozenset({Slot.PRODUCT_CARD, Slot.CART_LINE})
"""Slots with a place for each row. One call of `ListFill.fill_many` fills all of a page."""

IN_FORM = frozenset({Slot.CHECKOUT_SUMMARY})
"""Slots inside a form of the shop. Their templates cannot have a form."""


@dataclass(frozen=True, slots=True)
class SlotCache:
    """How long the shop keeps a fragment, in each of its processes.

    ``by`` has the fields of the view on which the fragment depends, without the language, such as
    ``("product_id",)``. ``seconds`` is from 1 to 86,400.
    """

    by: tuple[str, ...]
    seconds: int


@runtime_checkable
class SlotFill(Protocol):
    """Fills a slot that a page has once.

    ``cache`` None: the shop asks for each page, and keeps no shared page with the fragment.
    """

    @property
    def slot(self) -> Slot:
        """The slot that it fills."""

    @property
    def cache(self) -> SlotCache | None:
        """How long the shop keeps a fragment. It reads this once, at the start."""

    async def fill(self, view: Any) -> Fragment | None:
        """Return what to show; None for nothing. ``view`` is the `SlotView` of the slot."""


@runtime_checkable
class ListFill(Protocol):
    """Fills a slot that a page has for each row: `Slot.PRODUCT_CARD` and `Slot.CART_LINE`."""

    @property
    def slot(self) -> Slot:
        """The slot that it fills."""

    @property
    def cache(self) -> SlotCache | None:
        """How long the shop keeps a fragment. It reads this once, at the start."""

    async def fill_many(self, views: Sequence[Any]) -> Sequence[Fragment | None]:
        """Return a fragment or None for each `SlotView`, in the same order."""
