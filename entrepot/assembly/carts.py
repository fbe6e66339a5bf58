"""Carts."""

from adapters.database.ledgers import SqlCartLedger
from core.application.carts import AddToCart, ChangeQuantity, ForgetCarts, SetDelivery, ShowCart
from entrepot.assembly.catalogue import CatalogueParts
from entrepot.assembly.wiring import bound, made, wired
from ports.storage.ledgers import CartLedger


@wired
class CartParts(CatalogueParts):
    cart_ledger = bound(CartLedger, SqlCartLedger)
    show_cart = made(ShowCart)
    add_to_cart = made(AddToCart)
    change_quantity = made(ChangeQuantity)
    set_delivery = made(SetDelivery)
    forget_carts = made(ForgetCarts)
