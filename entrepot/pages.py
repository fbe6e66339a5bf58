"""Storefront pages and slots of plugins.

Importing it loads only the standard library.
"""

from ports.content.fragments import Fragment, RichText
from ports.content.pages import AnswerPage, Page, PageAnswer, PageRedirect, PageRequest
from ports.content.slots import (
    CardSlotView,
    CartLineSlotView,
    CartSlotView,
    CheckoutSlotView,
    ListFill,
    MemberSlotView,
    OrderSlotView,
    ProductSlotView,
    Slot,
    SlotCache,
    SlotFill,
    SlotView,
)

__all__ = [
    "AnswerPage",
    "CardSlotView",
    "CartLineSlotView",
    "CartSlotView",
    "CheckoutSlotView",
    "Fragment",
    "ListFill",
    "MemberSlotView",
    "OrderSlotView",
    "Page",
    "PageAnswer",
    "PageRedirect",
    "PageRequest",
    "ProductSlotView",
    "RichText",
    "Slot",
    "SlotCache",
    "SlotFill",
    "SlotView",
]
