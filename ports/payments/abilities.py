"""What a payment gateway can do besides purchase and query."""

from enum import StrEnum


class Ability(StrEnum):
    """One optional ability of a gateway.

    Without ``CLOSING`` an unpaid purchase ends only when it expires: `PaymentGateway.close`
    then returns the same as `PaymentGateway.query`.
    """

    CLOSING = "closing"
    NOTIFICATIONS = "notifications"
    REFUNDS = "refunds"
    PARTIAL_REFUNDS = "partial_refunds"
    AUTHORIZATIONS = "authorizations"
    STATEMENTS = "statements"
