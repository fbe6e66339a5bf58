"""Storefront pages, slots and content blocks of plugins.

Importing it loads only the standard library.
"""

from core.domain.content.blocks import BlockField, BlockFieldKind, BlockKind
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
    "BlockField",
    "BlockFieldKind",
    "BlockKind",
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
