"""The names of states, kinds and reasons. The messages are English; see `adapters.web.language`."""

from collections.abc import Mapping

from adapters.web.language import shop_text, translator
from core.domain.text import Text

NAMES: Mapping[str, Mapping[str, str]] = {
    "order_state": {
        "placed": "Awaiting payment",
        "paid": "Awaiting shipment",
        "partly_shipped": "Partly shipped",
        "shipped": "Shipped",
        "delivered": "Delivered",
        "cancelled": "Cancelled",
    },
    "refund_state": {
        "requested": "Refund requested",
        "pending": "Refund pending",
        "succeeded": "Refunded",
        "blocked": "Refund delayed",
        "failed": "Refund failed",
        "replaced": "Refunded another way",
        "reversed": "Refund came back",
    },
    "return_state": {
        "requested": "Awaiting review",
        "approved": "Approved",
        "received": "Received",
        "inspected": "Inspected",
        "refund_pending": "Refund pending",
        "refunded": "Refunded",
        "exchanged": "Exchanged",
        "rejected": "Rejected",
        "withdrawn": "Withdrawn",
    },
    "product_state": {
        "draft": "Draft",
        "published": "Published",
        "archived": "Archived",
    },
    "reason_name": {
        "order_cancelled": "Order cancelled",
        "paid_too_late": "Paid after cancellation",
        "paid_twice": "Duplicate payment",
        "returned": "Items returned",
        "goodwill": "Goodwill refund",
        "no_reason": "Changed my mind",
        "damaged": "Damaged",
        "wrong_goods": "Wrong item",
        "not_as_described": "Not as described",
        "refund": "Return and refund",
        "exchange": "Exchange",
    },
    "promotion_state": {
        "draft": "Draft",
        "active": "Active",
        "paused": "Paused",
        "ended": "Ended",
        "expired": "Expired",
        "scheduled": "Scheduled",
    },
    "coupon_kind": {
        "public": "Codes for all buyers",
        "personal": "Issued to a member",
        "claimed": "Taken by members",
    },
    "batch_state": {
        "planned": "Not started",
        "running": "Active",
        "ended": "Ended",
    },
    "request_state": {
        "received": "Submitted",
        "identity_verified": "Identity verified",
        "frozen": "Frozen",
        "planned": "Awaiting approval",
        "held": "Legal hold",
        "approved": "Approved",
        "executing": "In progress",
        "propagating": "In progress",
        "verifying": "In progress",
        "completed": "Completed",
        "incomplete": "Incomplete",
        "refused": "Rejected",
    },
    "request_kind": {
        "access": "Access",
        "portability": "Portability",
        "erasure": "Deletion",
        "rectification": "Correction",
        "restriction": "Restriction",
        "objection": "Objection",
    },
    "lane": {
        "catalogue": "Price in lists of goods",
        "item": "Item",
        "order": "Order",
        "cross_seller": "Several sellers",
        "coupon": "Coupons and codes",
        "shipping": "Shipping",
        "points": "Points",
        "taxes": "Taxes",
    },
    "rank": {
        "list": "Price list",
        "round": "Round of a sale",
        "contract": "Contract",
    },
    "blocked_name": {
        "pay": "Payment",
        "ship": "Shipment",
        "pay_out": "Payout to the seller",
    },
    "hold_end_name": {
        "lift": "The order goes on",
        "cancel_and_refund": "The order is cancelled and refunded",
    },
}
"""Kind of name → code → message."""


def named(kind: str, code: str, language: str) -> str:
    """The name in this language. A code without a name is its own name."""
    return translator(language)(NAMES[kind].get(code, code))


def name_text(kind: str, code: str) -> Text:
    """The name in every language."""
    return shop_text(NAMES[kind].get(code, code))
