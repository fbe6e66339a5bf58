"""Publishes price changes when a promotion or a price list starts or ends."""

from dataclasses import dataclass

from core.application.retries import retried
from ports.clock import Clock
from ports.pricing import ForgetRules
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class PublishRuleChanges:
    """Renew the rules and the cached pages after the start or the end of a window.

    Prices are calculated from the clock; they do not wait for this job.
    """

    units: UnitsOfWork
    forget_rules: ForgetRules
    now: Clock

    @retried
    async def __call__(self) -> None:
        async with self.units() as unit:
            now = self.now()
            codes = await unit.promotions.publish_changes(now)
            if not await unit.price_lists.publish_changes(now) and not codes:
                return
            await unit.commit()
        self.forget_rules()
