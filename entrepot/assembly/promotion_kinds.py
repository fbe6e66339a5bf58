"""Reviews the kinds of promotions that plugins offer as staff's promotions are reviewed."""

from collections.abc import Iterator, Mapping

import structlog

from core.domain.pricing.facts import FactKind
from core.domain.pricing.promotions.documents.reading import from_document
from core.domain.pricing.promotions.presets import PromotionKind
from core.domain.pricing.promotions.review.warnings import findings_of
from entrepot.assembly.price_settings import pricing_settings_of
from entrepot.plugin_contract import FACTS, PROMOTION_KINDS
from entrepot.plugin_manager import PluginManager
from entrepot.settings import Settings
from ports.clock import Clock

log = structlog.get_logger(__name__)


def review_promotion_kinds(plugins: PluginManager, settings: Settings, now: Clock) -> None:
    """Take out the kinds that no promotion of this shop can have, and note why."""
    facts = {
        name: kind for _, _, each in plugins.described(FACTS) for name, kind in each.names.items()
    }
    for name, _, kind in list(plugins.described(PROMOTION_KINDS)):
        for fault in _faults(kind, settings, facts, now):
            plugins.withdraw(
                name, PROMOTION_KINDS, kind, f"the kind “{kind.code}” is not offered: {fault}"
            )
            log.warning("promotion kind refused", plugin=name, kind=kind.code, reason=fault)
            break


def _faults(
    kind: PromotionKind, settings: Settings, facts: Mapping[str, FactKind], now: Clock
) -> Iterator[str]:
    findings = findings_of(
        from_document(kind.sample(settings.currency)),
        others=(),
        settings=pricing_settings_of(settings),
        currencies=(settings.currency,),
        now=now(),
        facts=facts,
    )
    for each in findings:
        if each.is_refusal:
            yield f"{each.part}: {each.template.format(**each.values)}"
