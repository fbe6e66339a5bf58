"""The return policy: which goods can be returned, and until when."""

from collections.abc import Callable
from datetime import datetime, timedelta

from core.domain.calendar import day_of
from core.domain.errors import ReturnRefused
from core.domain.orders.order import Order
from core.domain.returns import ReturnInput, ReturnReason

NO_REASON_DAYS = 7
QUALITY_DAYS = 15

Rule = Callable[[Order, ReturnInput, datetime], str]
"""Returns a reason of `ReturnRefused`; empty if the rule allows the return."""


def delivered(order: Order, _details: ReturnInput, _now: datetime) -> str:
    return "" if order.delivered_at is not None else "not_delivered"


def in_time(order: Order, details: ReturnInput, now: datetime) -> str:
    """Count whole days in China time (GMT+8), without the day of delivery."""
    days = NO_REASON_DAYS if details.reason is ReturnReason.NO_REASON else QUALITY_DAYS
    delivered_at = order.delivered_at
    if delivered_at is None:
        return ""
    last = day_of(delivered_at) + timedelta(days=days)
    return "" if day_of(now) <= last else "too_late"


def not_excepted(order: Order, details: ReturnInput, _now: datetime) -> str:
    if details.reason is not ReturnReason.NO_REASON:
        return ""
    excepted = (order.line(key).return_exception for key in details.quantities)
    return "excepted" if any(excepted) else ""


POLICY: tuple[Rule, ...] = (delivered, in_time, not_excepted)
"""All rules, in the order of their check.

Source of the seven days without a reason: Law on the Protection of Consumer Rights and Interests,
article 25.
"""


def check_policy(order: Order, details: ReturnInput, now: datetime) -> None:
    """Raises `ReturnRefused` with the reason of the first rule that fails."""
    for rule in POLICY:
        if code := rule(order, details, now):
            raise ReturnRefused(code)
