"""Carts and their purge."""

from adapters.database.carts.repository import SqlCartQueries
from core.application.carts.additions import AddOffered, KeepAtOrdinaryPrice
from core.application.carts.changes import AddToCart, ChangeQuantity, PurgeCarts, SetDelivery
from core.application.carts.coupons import AddCoupon, RemoveCoupon
from core.application.carts.line_fields import SetLineFields
from core.application.carts.offered_units import OfferedUnits
from core.application.carts.points import SpendPoints
from core.application.carts.reviews import ReviewDraft, ReviewEdit
from core.application.carts.views import ShowCart
from core.application.pricing.cart_prices import PriceCart
from core.application.pricing.trial_carts import TryCart
from entrepot.assembly.catalogue import CatalogueParts
from entrepot.assembly.wiring import bound, made, wired
from ports.carts import CartQueries


@wired
class CartParts(CatalogueParts):
    cart_queries = bound(CartQueries, SqlCartQueries)
    price_cart = made(PriceCart)
    try_cart = made(TryCart)
    review_draft = made(ReviewDraft)
    review_edit = made(ReviewEdit)
    show_cart = made(ShowCart)
    add_to_cart = made(AddToCart)
    offered_units = made(OfferedUnits)
    add_offered = made(AddOffered)
    keep_at_ordinary_price = made(KeepAtOrdinaryPrice)
    add_coupon = made(AddCoupon)
    remove_coupon = made(RemoveCoupon)
    spend_points = made(SpendPoints)
    change_quantity = made(ChangeQuantity)
    set_delivery = made(SetDelivery)
    set_line_fields = made(SetLineFields)
    purge_carts = made(PurgeCarts)
