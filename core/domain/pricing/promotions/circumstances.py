"""Conditions on everything but the goods: buyer, order, delivery, payment, time and facts."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar

from core.domain.pricing.facts import written
from core.domain.pricing.promotions.arguments import ArgumentType, argument
from core.domain.pricing.promotions.scope import Scope
from core.domain.pricing.reasons import Reason
from core.domain.pricing.windows import check_window


class Weekday(StrEnum):
    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


WEEK = tuple(Weekday)
MIDNIGHT = time()
FACT_UNKNOWN = "fact_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerGroup:
    kind: ClassVar[str] = "group"
    groups: tuple[str, ...] = field(metadata=argument("Customer groups", ArgumentType.TEXTS))

    def unmet(self, scope: Scope, /) -> Reason | None:
        is_member = not scope.sheet.request.customer.groups.isdisjoint(self.groups)
        return None if is_member else Reason("other_customers")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLevel:
    kind: ClassVar[str] = "level"
    levels: tuple[str, ...] = field(metadata=argument("Membership levels", ArgumentType.TEXTS))

    def unmet(self, scope: Scope, /) -> Reason | None:
        is_member = scope.sheet.request.customer.level in self.levels
        return None if is_member else Reason("other_level")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNumber:
    """The order is the ``first`` to ``last`` paid one of the buyer. ``last`` 0 has no limit.

    Cancelled orders do not count. A buyer who is not known does not meet it.
    """

    kind: ClassVar[str] = "order_number"
    first: int = field(default=1, metadata=argument("From order", ArgumentType.NUMBER))
    last: int = field(default=0, metadata=argument("To order", ArgumentType.NUMBER))

    def unmet(self, scope: Scope, /) -> Reason | None:
        paid = scope.sheet.request.customer.paid_orders
        if paid is None:
            return Reason("sign_in")
        is_met = self.first <= paid + 1 and (not self.last or paid + 1 <= self.last)
        return None if is_met else Reason("other_order")


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponOf:
    """The buyer has a valid coupon of one of the batches."""

    kind: ClassVar[str] = "coupon"
    batches: tuple[str, ...] = field(metadata=argument("Batches of coupons", ArgumentType.TEXTS))

    def unmet(self, scope: Scope, /) -> Reason | None:
        has_coupon = not scope.sheet.coupon_batches.isdisjoint(self.batches)
        return None if has_coupon else Reason("other_customers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    kind: ClassVar[str] = "channel"
    channels: tuple[str, ...] = field(metadata=argument("Sales channels", ArgumentType.TEXTS))

    def unmet(self, scope: Scope, /) -> Reason | None:
        return None if scope.sheet.request.channel in self.channels else Reason("other_channel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The address is in one of the places: ``CN``, ``CN/浙江省`` or ``CN/浙江省/杭州市``."""

    kind: ClassVar[str] = "destination"
    places: tuple[str, ...] = field(metadata=argument("Places of delivery", ArgumentType.TEXTS))

    def unmet(self, scope: Scope, /) -> Reason | None:
        address = f"{scope.sheet.request.destination}/"
        is_inside = any(address.startswith(f"{place}/") for place in self.places)
        return None if is_inside else Reason("other_destination")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingMethod:
    kind: ClassVar[str] = "shipping_method"
    methods: tuple[str, ...] = field(metadata=argument("Shipping rates", ArgumentType.TEXTS))

    def unmet(self, scope: Scope, /) -> Reason | None:
        shipping = scope.sheet.request.shipping
        is_met = shipping is not None and shipping.method in self.methods
        return None if is_met else Reason("other_shipping")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    kind: ClassVar[str] = "payment_method"
    methods: tuple[str, ...] = field(metadata=argument("Ways to pay", ArgumentType.TEXTS))

    def unmet(self, scope: Scope, /) -> Reason | None:
        is_met = scope.sheet.request.payment_method in self.methods
        return None if is_met else Reason("other_payment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From ``starts_at`` until before ``ends_at``; None has no limit."""

    kind: ClassVar[str] = "window"
    starts_at: datetime | None = field(
        default=None, metadata=argument("Starts at", ArgumentType.MOMENT)
    )
    ends_at: datetime | None = field(
        default=None, metadata=argument("Ends at", ArgumentType.MOMENT)
    )

    def __post_init__(self) -> None:
        check_window(self.starts_at, self.ends_at)

    def unmet(self, scope: Scope, /) -> Reason | None:
        return window_reason(self.starts_at, self.ends_at, scope.sheet.request.at)


def window_reason(
    starts_at: datetime | None, ends_at: datetime | None, at: datetime
) -> Reason | None:
    if starts_at and at < starts_at:
        return Reason("not_started", {"at": starts_at})
    return Reason("ended") if ends_at and at >= ends_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOfWeek:
    """On these days, from one time until before another, in the time zone of the settings.

    If ``until`` is not after ``since``, the hours end on the next day. Both at midnight are the
    whole day.
    """

    kind: ClassVar[str] = "time_of_week"
    days: tuple[Weekday, ...] = field(
        default=WEEK, metadata=argument("Days of the week", ArgumentType.CHOICES, Weekday)
    )
    since: time = field(default=MIDNIGHT, metadata=argument("From time", ArgumentType.TIME))
    until: time = field(default=MIDNIGHT, metadata=argument("Until time", ArgumentType.TIME))

    def unmet(self, scope: Scope, /) -> Reason | None:
        local = scope.sheet.request.at.astimezone(scope.sheet.settings.time_zone)
        if self.since < self.until:
            is_met = self._is_on(local) and self.since <= local.time() < self.until
        else:
            since_today = self._is_on(local) and local.time() >= self.since
            yesterday = local - timedelta(days=1)
            is_met = since_today or (self._is_on(yesterday) and local.time() < self.until)
        return None if is_met else Reason("other_hours")

    def _is_on(self, local: datetime) -> bool:
        return WEEK[local.weekday()] in self.days


@dataclass(frozen=True, slots=True, kw_only=True)
class FactIs:
    """A plugin's fact is one of the values. Numbers and flags are compared as text: ``true``.

    A fact that is not known does not meet the condition, nor its opposite.
    """

    kind: ClassVar[str] = "fact"
    name: str = field(metadata=argument("Fact", ArgumentType.FACT))
    values: tuple[str, ...] = field(metadata=argument("One of the values", ArgumentType.TEXTS))

    def unmet(self, scope: Scope, /) -> Reason | None:
        fact = scope.sheet.request.facts.get(self.name)
        if fact is None:
            return Reason(FACT_UNKNOWN)
        return None if written(fact) in self.values else Reason("other_facts")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRange:
    """A plugin's fact is a number from ``at_least`` to ``at_most``; None has no limit."""

    kind: ClassVar[str] = "fact_range"
    name: str = field(metadata=argument("Fact", ArgumentType.FACT))
    at_least: int | None = field(
        default=None, metadata=argument("Lowest number", ArgumentType.NUMBER)
    )
    at_most: int | None = field(
        default=None, metadata=argument("Highest number", ArgumentType.NUMBER)
    )

    def unmet(self, scope: Scope, /) -> Reason | None:
        fact = scope.sheet.request.facts.get(self.name)
        if fact is None:
            return Reason(FACT_UNKNOWN)
        if not isinstance(fact, int) or isinstance(fact, bool):
            return Reason("other_facts")
        is_low = self.at_least is not None and fact < self.at_least
        is_high = self.at_most is not None and fact > self.at_most
        return Reason("other_facts") if is_low or is_high else None
