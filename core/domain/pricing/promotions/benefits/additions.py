"""Benefits that add something: a gift, an item at a lower price, or a grant for later."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

from core.domain.errors import MAX_LINE_QUANTITY, Invalid
from core.domain.pricing.calculation.worksheet import Part, Worksheet
from core.domain.pricing.promotions.amounts import NO_AMOUNT, Amounts, check_above_zero
from core.domain.pricing.promotions.arguments import (
    ArgumentType,
    Family,
    argument,
    check_counts,
    check_most,
)
from core.domain.pricing.promotions.filters import EVERYTHING, Filter
from core.domain.pricing.promotions.proposal import Proposal
from core.domain.pricing.promotions.scope import Scope
from core.domain.pricing.quote import Addition, Grant, GrantKind
from core.domain.pricing.reasons import Reason
from core.domain.pricing.settings import PriceBase

MOST_SKUS = 100
MOST_POINTS = 10**9
MOST_COUPONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """Units of a SKU at no charge (满赠). They are added without a choice of the buyer.

    With ``for_each`` they are given once for each time that the goods reach the amount, at most
    ``most_times``; 0 has no limit. An order gets no more units than a line can have.
    """

    kind: ClassVar[str] = "gift"
    sku: str = field(metadata=argument("SKU", ArgumentType.TEXT))
    quantity: int = field(default=1, metadata=argument("Units", ArgumentType.NUMBER))
    for_each: Amounts = field(
        default=NO_AMOUNT, metadata=argument("For each amount", ArgumentType.AMOUNTS)
    )
    most_times: int = field(default=0, metadata=argument("Most times", ArgumentType.NUMBER))
    goods: Filter = field(
        default=EVERYTHING, metadata=argument("Goods", ArgumentType.NODE, Family.FILTER)
    )

    def __post_init__(self) -> None:
        check_counts(self)
        check_most("quantity", self.quantity, MAX_LINE_QUANTITY)
        check_above_zero("for_each", self.for_each)

    def is_joint(self, _sheet: Worksheet, /) -> bool:
        return bool(self.for_each)

    def propose(self, scope: Scope, /) -> Proposal:
        line = scope.sheet.request.additions.get(self.sku)
        if line is None:
            return Proposal(reason=Reason("addition_unavailable"))
        times = 1
        if self.for_each:
            each = self.for_each.get(scope.currency)
            if each is None:
                return Proposal(reason=Reason("other_currency"))
            amount = scope.amount(self.goods, PriceBase.LANE)
            times = amount // each
            if times == 0:
                missing = scope.money(each - amount)
                return Proposal(reason=Reason("amount_missing", {"missing": missing}))
        times = min(times, self.most_times) if self.most_times else times
        quantity = min(self.quantity * times, MAX_LINE_QUANTITY)
        key = f"{scope.promotion}:{self.sku}"
        added = replace(line, key=key, quantity=quantity, added_by=scope.promotion)
        return Proposal(added=(added,))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOn:
    """Units of SKUs at a price, if the buyer adds them (加价购); price 0 is a gift of choice.

    ``most`` is how many units the buyer may add in all.
    """

    kind: ClassVar[str] = "add_on"
    skus: tuple[str, ...] = field(metadata=argument("SKUs", ArgumentType.TEXTS))
    price: Amounts = field(metadata=argument("Price", ArgumentType.AMOUNTS))
    most: int = field(default=1, metadata=argument("Most units", ArgumentType.NUMBER))

    def __post_init__(self) -> None:
        if not self.skus or self.most < 1:
            raise Invalid("skus", "Name at least one SKU, and allow at least one unit.")
        if len(self.skus) > MOST_SKUS:
            raise Invalid("skus", "Name at most {most} SKUs.", most=MOST_SKUS)

    def is_joint(self, _sheet: Worksheet, /) -> bool:
        return False

    def propose(self, scope: Scope, /) -> Proposal:
        price = self.price.get(scope.currency)
        if price is None:
            return Proposal(reason=Reason("other_currency"))
        sheet, left, parts = scope.sheet, self.most, {}
        for row, line in sheet.added_by(scope.promotion):
            units = sheet.now.units[row]
            taken = min(left, line.quantity) if line.sku in self.skus else 0
            off = [max(unit - price, 0) for unit in units[:taken]]
            part = Part(sum(off), (*off, *[0] * (len(units) - taken)))
            part = part.limited(sheet.capacities[row])
            if part.amount:
                parts[row] = part
            left -= taken
        offered = tuple(
            Addition(promotion=scope.promotion, sku=sku, price=price, most=left)
            for sku in self.skus
            if left and sku in sheet.request.additions
        )
        reason = None if parts else Reason("choose" if offered else "addition_unavailable")
        return Proposal(parts=parts, offered=offered, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedPoints:
    """Points when the order is complete: ``points``, or as many for each amount that was paid.

    An order gets at most 1,000,000,000.
    """

    kind: ClassVar[str] = "points"
    points: int = field(metadata=argument("Points", ArgumentType.NUMBER))
    for_each: Amounts = field(
        default=NO_AMOUNT, metadata=argument("For each amount", ArgumentType.AMOUNTS)
    )
    goods: Filter = field(
        default=EVERYTHING, metadata=argument("Goods", ArgumentType.NODE, Family.FILTER)
    )

    def __post_init__(self) -> None:
        check_most("points", self.points, MOST_POINTS)
        check_above_zero("for_each", self.for_each)

    def is_joint(self, _sheet: Worksheet, /) -> bool:
        return False

    def propose(self, _scope: Scope, /) -> Proposal:
        return Proposal(grants=(self,))

    def granted(self, scope: Scope, /) -> Grant | None:
        times = 1
        if self.for_each:
            each = self.for_each.get(scope.currency)
            times = scope.amount(self.goods, PriceBase.NOW) // each if each else 0
        amount = min(self.points * times, MOST_POINTS)
        grant = Grant(promotion=scope.promotion, kind=GrantKind.POINTS, amount=amount)
        return grant if amount else None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedCoupon:
    """Coupons of a batch when the order is complete (满返)."""

    kind: ClassVar[str] = "coupon"
    batch: str = field(metadata=argument("Batch of coupons", ArgumentType.TEXT))
    quantity: int = field(default=1, metadata=argument("Coupons", ArgumentType.NUMBER))

    def __post_init__(self) -> None:
        check_most("quantity", self.quantity, MOST_COUPONS)

    def is_joint(self, _sheet: Worksheet, /) -> bool:
        return False

    def propose(self, _scope: Scope, /) -> Proposal:
        return Proposal(grants=(self,))

    def granted(self, scope: Scope, /) -> Grant | None:
        return Grant(
            promotion=scope.promotion,
            kind=GrantKind.COUPON,
            amount=self.quantity,
            batch=self.batch,
        )
