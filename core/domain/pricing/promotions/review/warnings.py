"""The findings about a promotion: refusals first, then warnings."""

from collections.abc import Sequence
from datetime import datetime

from core.domain.pricing.promotions.promotion import Promotion
from core.domain.pricing.promotions.review.circumstances import not_stated
from core.domain.pricing.promotions.review.conflicts import conflicts
from core.domain.pricing.promotions.review.contradictions import (
    empty_lists,
    empty_ranges,
    free_goods,
    tiers_at_fault,
    windows_apart,
)
from core.domain.pricing.promotions.review.facts import (
    FactKinds,
    facts_apart,
    facts_at_fault,
    facts_not_stated,
)
from core.domain.pricing.promotions.review.findings import Finding
from core.domain.pricing.promotions.review.placement import (
    has_ended,
    missing_currencies,
    not_in_lists,
    unused_lane,
)
from core.domain.pricing.settings import PricingSettings

NO_FACTS: FactKinds = {}


def findings_of(
    promotion: Promotion,
    *,
    others: Sequence[Promotion],
    settings: PricingSettings,
    currencies: Sequence[str],
    now: datetime,
    facts: FactKinds = NO_FACTS,
) -> tuple[Finding, ...]:
    """Review a promotion. ``currencies`` are those that the shop sells in."""
    findings = [
        *empty_ranges(promotion),
        *empty_lists(promotion),
        *windows_apart(promotion),
        *tiers_at_fault(promotion),
        *facts_at_fault(promotion, facts),
        *facts_apart(promotion),
        *free_goods(promotion),
        *unused_lane(promotion, settings),
        *not_in_lists(promotion),
        *missing_currencies(promotion, currencies),
        *has_ended(promotion, now),
        *conflicts(promotion, others),
    ]
    refused = {each.part for each in findings if each.is_refusal}
    unmet = (*not_stated(promotion), *facts_not_stated(promotion, facts))
    findings += [each for each in unmet if each.part not in refused]
    return tuple(sorted(findings, key=lambda finding: not finding.is_refusal))
