"""Read models of a cart, at current prices and stock."""

from dataclasses import dataclass, replace

from core.application.carts.line_views import (
    AdditionView,
    CartLineView,
    addition_views,
    gift_views,
    line_views,
)
from core.application.carts.ownership import CartOwner, find_cart
from core.application.carts.remarks import RemarkView, remark_views
from core.application.carts.reviews import ReviewDraft
from core.application.fields.inputs import FieldInput, inputs_of
from core.application.pricing.cart_prices import CartPrices, PriceCart
from core.application.pricing.views import (
    CouponView,
    NoticeView,
    SumsView,
    coupon_views,
    next_step_views,
    sums_of_quote,
)
from core.application.taxes.quoting import TaxEngineUse
from core.domain.address import Address
from core.domain.carts import Cart
from core.domain.fields.declared import DeclaredFields
from core.domain.fields.field import FieldOwner
from core.domain.identifiers import Currency
from core.domain.money import Money
from core.domain.pricing.quote import Quote
from ports.carts import CartQueries
from ports.pricing import ReasonText


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsView:
    """``balance`` is what the member has, ``wanted`` is spent at most, ``spent`` in fact.

    ``step``: points are spent in multiples of it.
    """

    balance: int
    wanted: int
    spent: int
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CartView:
    """A change of the cart sends ``version`` back; it is 0 for an empty cart.

    ``gifts`` are lines that promotions add; ``units`` does not count them. ``additions`` are
    goods that the buyer may add at the price of a promotion. ``next_steps`` say what more goods
    would bring. ``remarks`` are what order guards say. ``ready``: there are lines, no line has a
    problem, and no remark is a refusal. ``taxes_are_estimated``: a
    tax engine calculates them in the checkout. ``points`` is None if the buyer cannot pay with
    points. ``line_inputs`` are the fields of plugins that a line can have.
    """

    lines: tuple[CartLineView, ...]
    gifts: tuple[CartLineView, ...]
    additions: tuple[AdditionView, ...]
    units: int
    goods_total: Money
    sums: SumsView
    next_steps: tuple[NoticeView, ...]
    coupons: tuple[CouponView, ...]
    version: int
    contact: str
    address: Address | None
    ready: bool
    remarks: tuple[RemarkView, ...] = ()
    taxes_are_estimated: bool = False
    points: PointsView | None = None
    line_inputs: tuple[FieldInput, ...] = ()


@dataclass(frozen=True, slots=True)
class ShowCart:
    """The cart of a buyer at current prices and stock; empty if there is none."""

    carts: CartQueries
    price_cart: PriceCart
    review_draft: ReviewDraft
    reason_text: ReasonText
    currency: Currency
    tax_engine_use: TaxEngineUse
    declared_fields: DeclaredFields

    async def __call__(self, owner: CartOwner, language: str) -> CartView:
        cart = await find_cart(self.carts, owner)
        if cart is None:
            return empty_cart(self.currency)
        prices = await self.price_cart(cart, owner.channel)
        quote = prices.quote()
        verdict = await self.review_draft.shown(prices, quote)
        remarks = remark_views(verdict, language, self.reason_text)
        view = with_remarks(view_of(prices, quote, language, self.reason_text), remarks)
        view = with_line_fields(view, cart, self.declared_fields, language)
        return replace(view, taxes_are_estimated=self.tax_engine_use.is_used)


def view_of(prices: CartPrices, quote: Quote, language: str, reason_text: ReasonText) -> CartView:
    cart, rules = prices.cart, prices.rules
    lines = line_views(prices, quote, language)
    return CartView(
        lines=lines,
        gifts=gift_views(prices, quote, language),
        additions=addition_views(prices, quote, language),
        units=sum(line.quantity for line in lines),
        goods_total=Money(quote.goods_total, quote.currency),
        sums=sums_of_quote(quote, language),
        next_steps=next_step_views(quote, rules, language, reason_text),
        coupons=coupon_views(quote, rules, language, reason_text),
        version=cart.version,
        contact=cart.delivery.contact if cart.delivery else "",
        address=cart.delivery.address if cart.delivery else None,
        ready=bool(lines) and not any(line.problem for line in lines),
        points=_points(prices, quote),
    )


def with_remarks(view: CartView, remarks: tuple[RemarkView, ...]) -> CartView:
    is_refused = any(each.is_refusal for each in remarks)
    return replace(view, remarks=remarks, ready=view.ready and not is_refused)


def with_line_fields(
    view: CartView, cart: Cart, declared: DeclaredFields, language: str
) -> CartView:
    """The view with the values of its lines, and with what the buyer may give."""
    owner = FieldOwner.LINE
    if not declared.of(owner):
        return view
    values = {line.key: line.fields for line in cart.lines}
    return replace(
        view,
        line_inputs=inputs_of(declared.of(owner), language),
        lines=tuple(
            replace(line, fields=declared.views(owner, values[line.key], language, everything=True))
            for line in view.lines
        ),
    )


def _points(prices: CartPrices, quote: Quote) -> PointsView | None:
    if prices.balance is None:
        return None
    return PointsView(
        balance=prices.balance,
        wanted=prices.cart.points,
        spent=quote.points,
        step=prices.rules.settings.points.step,
    )


def empty_cart(currency: str) -> CartView:
    nothing = Money.zero(currency)
    return CartView(
        lines=(),
        gifts=(),
        additions=(),
        units=0,
        goods_total=nothing,
        sums=SumsView(goods=nothing, shipping=None, adjustments=(), taxes=(), total=nothing),
        next_steps=(),
        coupons=(),
        version=0,
        contact="",
        address=None,
        ready=False,
    )
