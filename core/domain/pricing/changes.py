"""What changed in a price between two moments, by promotion."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.errors import DomainError, PriceChanged
from core.domain.money import Money
from core.domain.pricing import points
from core.domain.pricing.quote import Quote
from core.domain.pricing.reasons import Reason
from core.domain.pricing.rules import PricingRules
from core.domain.text import Text

SAME_TOTAL = "The total did not change. Check the order again, then place it."


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferChange:
    """What a promotion took off, and takes off now.

    ``label`` is None if there is no such promotion any more. ``reason`` says why it does not
    apply now; None if it does, or if there is none.
    """

    promotion: str
    label: Text | None
    shown: Money
    now: Money
    reason: Reason | None

    @property
    def template(self) -> str:
        if self.label is None:
            return "An offer that you have seen has ended."
        if self.reason:
            return "“{offer}” no longer applies."
        return "“{offer}” now takes off {now} instead of {shown}."


class OfferLost(DomainError):
    """The buyer has not decided yet whether to keep the line at the ordinary price."""

    code = "offer_lost"
    template = (
        "The offer for “{sku}” does not apply any more. "
        "Keep it at the ordinary price, or remove it."
    )

    def __init__(self, sku: str) -> None:
        self.sku = sku
        super().__init__(sku=sku)


class OffersChanged(PriceChanged):
    """The price differs from the one that was shown, because of the promotions in ``changes``."""

    def __init__(self, shown: Money, now: Money, changes: tuple[OfferChange, ...]) -> None:
        self.changes = changes
        if shown == now:
            self.template = SAME_TOTAL  # type: ignore[misc]
        super().__init__(shown, now)


def price_changed(
    shown: Money, parts: Mapping[str, int], quote: Quote, rules: PricingRules
) -> PriceChanged:
    """``parts`` is what each promotion took off when ``shown`` was the total."""
    now = Money(quote.total, quote.currency)
    changes = offer_changes(parts, quote, rules)
    return OffersChanged(shown, now, changes) if changes else PriceChanged(shown, now)


def offer_changes(
    parts: Mapping[str, int], quote: Quote, rules: PricingRules
) -> tuple[OfferChange, ...]:
    labels = {
        points.SOURCE: points.LABEL,
        **{each.promotion: each.label for each in quote.not_applied},
        **{line.price_source: line.price_label for line in quote.lines if line.price_label},
        **{each.code: each.label for each in rules.promotions},
    }
    reasons = {each.promotion: each.reason for each in quote.not_applied}
    coupons = {each.promotion: each.reason for each in quote.coupons if each.reason}
    return tuple(
        OfferChange(
            promotion=code,
            label=labels.get(code),
            shown=Money(parts.get(code, 0), quote.currency),
            now=Money(quote.parts.get(code, 0), quote.currency),
            reason=reasons.get(code) or coupons.get(code),
        )
        for code in sorted(parts.keys() | quote.parts.keys())
        if parts.get(code) != quote.parts.get(code)
    )
