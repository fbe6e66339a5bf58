"""The forms on the page of an order: a hold, and a chargeback of a payment."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from adapters.web.admin.listings.cells import choices
from adapters.web.language import shop_text
from core.application.payments.money import PaymentView
from core.domain.orders.holds import Blocked, Hold, HoldEnd
from core.domain.text import Text
from ports.admin.forms import (
    AmountField,
    Choice,
    ChoiceField,
    ChoicesField,
    Form,
    NumberField,
    Section,
    TextField,
)
from ports.clock import Clock

MAX_HOURS = 24 * 366
FIRST = {"then": str(HoldEnd.LIFT)}


@cache
def hold_form() -> Form:
    fields = (
        TextField(
            name="reason",
            label=shop_text("Reason"),
            help=shop_text("The buyer sees it."),
            required=True,
        ),
        ChoicesField(
            name="block", label=shop_text("Waiting"), choices=choices("blocked_name", Blocked)
        ),
        NumberField(name="hours", label=shop_text("Hours"), least=1, most=MAX_HOURS),
        ChoiceField(
            name="then", label=shop_text("After that"), choices=choices("hold_end_name", HoldEnd)
        ),
    )
    return Form(sections=(Section(fields=fields),), submit=shop_text("Put on hold"))


def hold_of(values: Mapping[str, Any], language: str, code: str, now: Clock) -> Hold:
    """A hold without ``hours`` has no end."""
    hours = values["hours"]
    return Hold(
        code=code,
        blocks=frozenset(Blocked(each) for each in values["block"]),
        reason=Text({language: values["reason"]}),
        until=now() + timedelta(hours=hours) if hours else None,
        then=HoldEnd(values["then"] or HoldEnd.LIFT),
    )


def chargeback_form(payments: Sequence[PaymentView], currency: str) -> Form:
    """``payments`` are those of the order; only money that was captured can be charged back."""
    captured = tuple(
        Choice(each.reference, Text({"en": f"{each.gateway} · {each.reference}"}))
        for each in payments
        if each.sums.captured.minor
    )
    fields = (
        ChoiceField(name="payment", label=shop_text("Payment"), choices=captured, required=True),
        TextField(
            name="case",
            label=shop_text("Case number"),
            help=shop_text("As the payment provider gives it."),
            required=True,
        ),
        AmountField(
            name="taken", label=shop_text("Amount taken"), currency=currency, required=True
        ),
    )
    return Form(sections=(Section(fields=fields),), submit=shop_text("Record a chargeback"))
