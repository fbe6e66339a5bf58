"""Carts and their purge."""

from adapters.database.carts.repository import SqlCartQueries
from core.application.carts.changes import AddToCart, ChangeQuantity, PurgeCarts, SetDelivery
from core.application.carts.views import ShowCart
from entrepot.assembly.catalogue import CatalogueParts
from entrepot.assembly.wiring import bound, made, wired
from ports.carts import CartQueries


@wired
class CartParts(CatalogueParts):
    cart_queries = bound(CartQueries, SqlCartQueries)
    show_cart = made(ShowCart)
    add_to_cart = made(AddToCart)
    change_quantity = made(ChangeQuantity)
    set_delivery = made(SetDelivery)
    purge_carts = made(PurgeCarts)
