"""Errors of the domain, one class per reason.

::

    DomainError
    ├── Invalid                 a value is not valid; names the field
    ├── InvalidFields           several values are not valid
    ├── NotFound                no object has that name or number
    ├── AlreadyExists           a unique name is in use
    ├── IllegalTransition       the state does not allow this move
    ├── StaleVersion            a concurrent change came first (optimistic lock)
    ├── CurrencyMismatch        two currencies in one calculation
    ├── OutOfStock              fewer units are available than requested
    ├── QuantityOutOfRange      a line has 1 to 999 units
    ├── NotForSale              the product is not published
    ├── CartEmpty               the cart has no lines
    ├── CartChanged             the cart differs from the one that was shown
    ├── PriceChanged            the total differs from the one that was shown
    ├── CheckoutIncomplete      an address or a shipping rate is missing
    ├── Undeliverable           no carrier serves the address
    ├── PlanChanged             the erasure plan is not the one that was approved
    ├── NotAllowed              the role has no permission
    ├── LinkExpired             a single-use link was used, or has expired
    ├── MemberAlready           a guest request for an address with an account
    ├── RequestOpen             an open request has the same address
    ├── SecondPersonNeeded      a second person has not approved it
    ├── CapturePending          the gateway has not finished a capture
    ├── PaymentMismatch         a notification has another amount or account
    ├── RefundTooLarge          the amount is more than is left of the payment
    ├── ReturnRefused           the return policy does not allow it
    ├── KeyReused               an idempotency key with two different requests
    ├── AlreadyDone             a request with the same key took effect before
    ├── (claims)                less is left of an offer, in all or for the person
    ├── (pricing.engine_taxes)  a tax engine did not answer
    ├── (pricing.coupons)       no coupon is left, or the member has it already
    ├── (ledger)                a balance is too low, or a transfer was given back already
    ├── (accounts)              a log-in is refused, or an account cannot be changed
    └── (orders.unpaid)         a buyer has too many unpaid orders, or too many units in them

``code`` is stable and machine-readable. ``template`` is the English message; adapters translate
it and then format it with ``details``.
"""

from typing import ClassVar

MAX_LINE_QUANTITY = 999


class DomainError(Exception):
    """A request that the shop refuses. A user can understand the message and act on it.

    ``code`` is stable. ``template`` is the English message; ``details`` fill it in.
    """

    code: ClassVar[str] = "refused"
    template: ClassVar[str] = "This cannot be done."

    def __init__(self, **details: object) -> None:
        self.details = details
        super().__init__(self.template.format(**details))


class Invalid(DomainError):
    """A value is not valid. ``reason`` is an English sentence with ``{names}`` of ``values``."""

    code = "invalid"

    def __init__(self, field: str, reason: str, /, **values: object) -> None:
        self.field = field
        self.template = reason  # type: ignore[misc]
        super().__init__(**values)


class InvalidFields(DomainError):
    """Several values are not valid. ``fields`` has one error for each."""

    code = "invalid"
    template = "Check the marked fields."

    def __init__(self, fields: "tuple[Invalid, ...]") -> None:
        self.fields = fields
        super().__init__()


def raise_if_invalid(errors: "list[Invalid]") -> None:
    """Raise all errors together, so that a user can correct a form in one step."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InvalidFields(tuple(errors))


class NotFound(DomainError):
    """``kind`` is what is missing, such as ``order``. ``key`` is its name, number or id."""

    code = "not_found"
    template = "There is no {kind} “{key}”. Check the link or search again."

    def __init__(self, kind: str, key: object) -> None:
        self.kind = kind
        self.key = str(key)
        super().__init__(kind=kind, key=str(key))


class AlreadyExists(DomainError):
    """``kind`` has a unique name, and ``key`` is in use."""

    code = "already_exists"
    template = "“{key}” is already in use. Choose another {kind}."

    def __init__(self, kind: str, key: object) -> None:
        self.kind = kind
        self.key = str(key)
        super().__init__(kind=kind, key=str(key))


class IllegalTransition(DomainError):
    """The ``state`` of the object ``kind`` does not allow the ``move``."""

    code = "illegal_transition"
    template = "This is not possible: the {kind} is “{state}”. Refresh the page."

    def __init__(self, kind: str, state: str, move: str) -> None:
        self.kind = kind
        self.state = str(state)
        self.move = move
        super().__init__(kind=kind, state=str(state), move=move)


class StaleVersion(DomainError):
    code = "stale_version"
    template = "This {kind} has changed. Refresh the page and try again."

    def __init__(self, kind: str, key: object) -> None:
        self.kind = kind
        self.key = str(key)
        super().__init__(kind=kind)


class CurrencyMismatch(DomainError):
    code = "currency_mismatch"
    template = "{left} and {right} cannot be combined. Use one currency."

    def __init__(self, left: str, right: str) -> None:
        super().__init__(left=left, right=right)


class OutOfStock(DomainError):
    code = "out_of_stock"
    template = (
        "Only {available} of “{sku}” left, but you asked for {requested}. Reduce the quantity."
    )

    def __init__(self, sku: str, requested: int, available: int) -> None:
        self.sku = sku
        self.requested = requested
        self.available = available
        super().__init__(sku=sku, requested=requested, available=available)


class QuantityOutOfRange(DomainError):
    code = "quantity_out_of_range"
    template = "You cannot order {quantity}. Choose 1 to {most}."

    def __init__(self, quantity: int) -> None:
        self.quantity = quantity
        super().__init__(quantity=quantity, most=MAX_LINE_QUANTITY)


class NotForSale(DomainError):
    code = "not_for_sale"
    template = "“{sku}” is not available. Remove it from the cart to continue."

    def __init__(self, sku: str) -> None:
        self.sku = sku
        super().__init__(sku=sku)


class CartEmpty(DomainError):
    code = "cart_empty"
    template = "Your cart is empty. Add an item first."


class CartChanged(DomainError):
    code = "cart_changed"
    template = "Your cart has changed. Check it again, then place the order."


class PriceChanged(DomainError):
    code = "price_changed"
    template = "The total changed from {shown} to {now}. Check it again, then place the order."

    def __init__(self, shown: object, now: object) -> None:
        super().__init__(shown=shown, now=now)


class CheckoutIncomplete(DomainError):
    code = "checkout_incomplete"
    template = "Complete the {missing} to continue."

    def __init__(self, missing: str) -> None:
        self.missing = missing
        super().__init__(missing=missing)


class Undeliverable(DomainError):
    code = "undeliverable"
    template = "We cannot ship to this address. Choose another address."


class PlanChanged(DomainError):
    code = "plan_changed"
    template = "New data was recorded after the plan. Review the new plan and approve it."


class NotAllowed(DomainError):
    code = "not_allowed"
    template = "You do not have permission to do this."


class LinkExpired(DomainError):
    code = "link_expired"
    template = "This link was used or has expired. Request a new one."


class MemberAlready(DomainError):
    code = "member_already"
    template = "This email address has an account. Sign in, or contact us if it is not yours."


class RequestOpen(DomainError):
    code = "request_open"
    template = "A request for this address is in progress. Contact us for details."


class SecondPersonNeeded(DomainError):
    code = "second_person_needed"
    template = "This needs a recent approval by a second person."


class CapturePending(DomainError):
    """The gateway has not finished a capture. Try again in a minute."""

    code = "capture_pending"
    template = (
        "The payment is not collected yet, so the package was not recorded. Try again in a minute."
    )


class PaymentMismatch(DomainError):
    code = "payment_mismatch"
    template = "Payment {reference} does not match the request: {reason}."

    def __init__(self, reference: str, reason: str) -> None:
        self.reference = reference
        super().__init__(reference=reference, reason=reason)


class RefundTooLarge(DomainError):
    """``left`` is the amount that can be refunded."""

    code = "refund_too_large"
    template = "At most {left} of this payment can be refunded. Enter a lower amount."

    def __init__(self, left: object) -> None:
        self.left = left
        super().__init__(left=left)


class ReturnRefused(DomainError):
    """``reason`` is a key of ``REASONS``."""

    code = "return_refused"
    REASONS: ClassVar[dict[str, str]] = {
        "not_delivered": "You can request a return after all items are delivered.",
        "too_late": "The return period for these items is over.",
        "excepted": "These items can be returned only if there is a problem with them.",
        "refunded_before": "These items are refunded or exchanged already.",
        "returned_before": "A return for these items is already in progress.",
    }

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.template = self.REASONS[reason]  # type: ignore[misc]
        super().__init__()


class KeyReused(DomainError):
    """The idempotency key belongs to another request."""

    code = "idempotency_key_reused"
    template = "This Idempotency-Key was used for another request. Send a new key."


class AlreadyDone(DomainError):
    """``made`` is the id or number of what the first request made; empty if it made nothing new."""

    code = "already_done"
    template = "This was done already. Load the page again to see the result."

    def __init__(self, made: str) -> None:
        self.made = made
        super().__init__()
