"""The order guards of all plugins, each behind its plugin guard."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from adapters.plugins.answers import order_guards as answers
from adapters.plugins.guard import PluginGuard
from adapters.plugins.prompt_calls import within
from ports.errors import PortError
from ports.order_guards import OrderDraft, OrderGuard, Verdict

SECONDS = 0.3

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class GuardedOrderGuard:
    order_guard: OrderGuard
    guard: PluginGuard
    required: bool

    async def __call__(self, draft: OrderDraft) -> Verdict:
        """A required guard that fails is unavailable; another one is skipped."""
        seconds = min(SECONDS, self.guard.limits.seconds)
        plugin = self.guard.plugin
        call = self.guard.call(
            lambda: self.order_guard.review(draft),
            lambda answer: answers.verdict(answer, draft, plugin),
            seconds=seconds,
        )
        try:
            return await within(seconds, call)
        except PortError:
            log.warning("order guard failed", plugin=plugin, required=self.required)
            return Verdict(unavailable=(plugin,) if self.required else ())


@dataclass(frozen=True, slots=True)
class AllOrderGuards:
    """`ports.order_guards.AskOrderGuards`. The plugins are asked concurrently."""

    plugins: Sequence[GuardedOrderGuard] = ()

    @property
    def is_used(self) -> bool:
        return bool(self.plugins)

    async def __call__(self, draft: OrderDraft) -> Verdict:
        found = await asyncio.gather(*(review(draft) for review in self.plugins))
        return Verdict(
            refusals=tuple(each for verdict in found for each in verdict.refusals),
            notes=tuple(each for verdict in found for each in verdict.notes),
            holds=tuple({each.code: each for verdict in found for each in verdict.holds}.values()),
            claims=tuple(each for verdict in found for each in verdict.claims),
            unavailable=tuple(each for verdict in found for each in verdict.unavailable),
        )
