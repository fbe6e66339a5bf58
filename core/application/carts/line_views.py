"""Read models of the lines of a cart, of gifts, and of goods that the buyer may add."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.application.pricing.cart_prices import CartPrices
from core.application.pricing.views import AdjustmentView, adjustment_views
from core.domain.carts import CartLine
from core.domain.fields.values import FieldView
from core.domain.identifiers import LineKey, ProductId, Sku
from core.domain.money import Money
from core.domain.pricing.quote import Addition, Quote, QuotedLine
from ports.catalogue.queries import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLineView:
    """``problem`` is empty, ``not_for_sale``, ``sold_out``, ``too_many`` or ``offer_lost``.

    ``offer_lost``: the promotion ``source`` offered the line, and takes nothing off any more. The
    buyer keeps it at the ordinary price, or removes it.

    ``source`` is the code of the promotion that added the line, such as a gift; empty for what
    the buyer chose. ``available`` is for all lines of the SKU. ``list_price`` and ``unit_price``
    are for one unit, before and after price lists and offers; ``total`` is for all, with the
    ``adjustments``, which take ``discount`` off. ``price_was`` is the earlier list price of the
    line, or None if it did not change. ``fields`` are those of plugins, by name.
    """

    key: LineKey
    source: str
    sku: Sku
    product_id: ProductId | None
    handle: str
    title: str
    options: str
    picture: str
    quantity: int
    available: int
    list_price: Money
    unit_price: Money
    price_was: Money | None
    adjustments: tuple[AdjustmentView, ...]
    discount: Money
    total: Money
    problem: str
    fields: Mapping[str, FieldView] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionView:
    """At most ``most`` units of the SKU may be added at ``price``; ``source`` is the promotion."""

    source: str
    label: str
    sku: Sku
    handle: str
    title: str
    options: str
    picture: str
    list_price: Money
    price: Money
    most: int


def line_views(prices: CartPrices, quote: Quote, language: str) -> tuple[CartLineView, ...]:
    units = prices.cart.units_by_sku
    return tuple(
        _with_problem(
            _of_cart(line, quote, prices.offers, language),
            prices.offers,
            units,
            has_lost_offer=quote.line(line.key).has_lost_offer,
        )
        for line in prices.cart.lines
    )


def gift_views(prices: CartPrices, quote: Quote, language: str) -> tuple[CartLineView, ...]:
    return tuple(
        _line(each, prices.offers.get(Sku(each.sku)), quote.currency, language)
        for each in quote.lines
        if prices.cart.find_line(LineKey(each.key)) is None
    )


def addition_views(prices: CartPrices, quote: Quote, language: str) -> tuple[AdditionView, ...]:
    labels = {each.code: each.label.in_language(language) for each in prices.rules.promotions}
    return tuple(
        _addition(
            each,
            labels[each.promotion],
            prices.offers[Sku(each.sku)],
            quote.currency,
            language,
        )
        for each in quote.additions
    )


def _of_cart(
    line: CartLine, quote: Quote, offers: Mapping[Sku, Offer], language: str
) -> CartLineView:
    view = _line(quote.line(line.key), offers.get(line.sku), quote.currency, language)
    return view if view.list_price == line.unit_price else replace(view, price_was=line.unit_price)


def _line(line: QuotedLine, offer: Offer | None, currency: str, language: str) -> CartLineView:
    return CartLineView(
        key=LineKey(line.key),
        source=line.added_by,
        sku=Sku(line.sku),
        product_id=offer.product_id if offer else None,
        handle=offer.handle if offer else "",
        title=offer.title.in_language(language) if offer else line.sku,
        options=offer.options.in_language(language) if offer else "",
        picture=offer.picture if offer else "",
        quantity=line.quantity,
        available=max(offer.available, 0) if offer else 0,
        list_price=Money(line.list_price, currency),
        unit_price=Money(line.unit_price, currency),
        price_was=None,
        adjustments=adjustment_views(line.changes(currency), language),
        discount=Money(line.discount + line.offered, currency),
        total=Money(line.total, currency),
        problem="",
    )


def _with_problem(
    view: CartLineView,
    offers: Mapping[Sku, Offer],
    units: Mapping[Sku, int],
    *,
    has_lost_offer: bool,
) -> CartLineView:
    """``units`` are those of all lines of a SKU."""
    offer = offers.get(view.sku)
    if offer is None or not offer.for_sale:
        return replace(view, problem="not_for_sale")
    if view.available == 0:
        return replace(view, problem="sold_out")
    if view.available < units[view.sku]:
        return replace(view, problem="too_many")
    return replace(view, problem="offer_lost") if has_lost_offer else view


def _addition(
    addition: Addition, label: str, offer: Offer, currency: str, language: str
) -> AdditionView:
    return AdditionView(
        source=addition.promotion,
        label=label,
        sku=offer.sku,
        handle=offer.handle,
        title=offer.title.in_language(language),
        options=offer.options.in_language(language),
        picture=offer.picture,
        list_price=offer.price,
        price=Money(addition.price, currency),
        most=addition.most,
    )
