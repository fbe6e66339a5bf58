"""Conditions that no cart of this shop can meet, because carts lack the values."""

from collections.abc import Iterator

from core.domain.pricing.channels import SalesChannel
from core.domain.pricing.promotions.circumstances import (
    Channel,
    CustomerLevel,
    PaymentMethod,
)
from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.promotions.review.findings import Finding, parts_of


def not_stated(promotion: Promotion) -> Iterator[Finding]:
    """The way to pay is chosen after the price; levels have no source."""
    for path, part in parts_of(promotion):
        match part:
            case Channel(channels=channels) if channels and not set(channels) & {*SalesChannel}:
                yield Finding(path, "no_channel", {"channels": ", ".join(SalesChannel)})
            case PaymentMethod():
                yield Finding(path, "no_payment_method")
            case CustomerLevel():
                yield Finding(path, "no_level")
