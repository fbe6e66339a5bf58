"""A tax engine behind the plugin guard, and the one of a shop without tax engines."""

from dataclasses import dataclass
from typing import Any

from adapters.plugins.answers import taxes as answers
from adapters.plugins.answers.checks import nothing
from adapters.plugins.answers.taxes import TaxEngineDescription
from adapters.plugins.guard import PluginGuard
from ports.errors import OutcomeUnknown, Rejected, Unavailable
from ports.taxes import TaxAnswer, TaxEngine, TaxRequest


@dataclass(frozen=True, slots=True)
class GuardedTaxEngine:
    """``engine`` also implements `RecordsTaxes` if the description says so.

    A call that records fails with `OutcomeUnknown`: repeat it. An engine without records has
    nothing to do.
    """

    engine: Any
    guard: PluginGuard
    description: TaxEngineDescription

    @property
    def code(self) -> str:
        return self.description.code

    async def calculate(self, request: TaxRequest) -> TaxAnswer:
        engine: TaxEngine = self.engine
        return await self.guard.call(
            lambda: engine.calculate(request),
            lambda answer: answers.taxes(answer, request),
            final=(Rejected,),
        )

    async def commit(self, request: TaxRequest) -> None:
        if self.description.records:
            await self.guard.call(
                lambda: self.engine.commit(request),
                nothing,
                doubt=OutcomeUnknown,
                final=(Rejected,),
            )

    async def void(self, reference: str) -> None:
        if self.description.records:
            await self.guard.call(
                lambda: self.engine.void(reference), nothing, doubt=OutcomeUnknown
            )


@dataclass(frozen=True, slots=True)
class NoTaxEngine:
    """For a shop without a tax engine: it calculates with the tax rates of its own."""

    code: str = "none"

    async def calculate(self, request: TaxRequest) -> TaxAnswer:  # noqa: ARG002
        raise Unavailable

    async def commit(self, request: TaxRequest) -> None:
        """Do nothing."""

    async def void(self, reference: str) -> None:
        """Do nothing."""
