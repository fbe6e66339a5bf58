"""Calls all personal-data providers, one after the other."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.records import Decision, Subject
from ports.errors import PortError
from ports.privacy.data_providers import PersonalDataProvider

ROUNDS = 10
"""Limit for repeating a step until it finds nothing new."""


@dataclass(frozen=True, slots=True)
class DataProviders:
    """The personal-data providers, in calling order.

    ``absent`` returns the codes of providers that stored personal data before and are not
    installed now.
    """

    here: tuple[PersonalDataProvider, ...]
    absent: Callable[[], Awaitable[tuple[str, ...]]]

    def inventory(self) -> list[Field | Store]:
        """The fields and stores of all providers."""
        return [each for data_provider in self.here for each in data_provider.inventory()]

    def get(self, code: str) -> PersonalDataProvider | None:
        return next((each for each in self.here if each.code == code), None)

    async def resolve(self, subject: Subject) -> tuple[Subject, tuple[str, ...]]:
        """Extend the subject until no provider adds an identifier.

        Returns the extended subject and the failed providers.
        """
        failures: dict[str, None] = dict.fromkeys(await self.absent())
        for _ in range(ROUNDS):
            before = subject
            for data_provider in self.here:
                try:
                    subject |= await data_provider.resolve(subject)
                except PortError:
                    failures[data_provider.code] = None
            if subject == before:
                break
        return subject, tuple(failures)

    async def plan(
        self, subject: Subject, failures: list[str]
    ) -> AsyncIterator[tuple[str, tuple[Decision, ...]]]:
        """Yield the decisions page by page; failed providers are added to ``failures``."""
        for data_provider in self.here:
            cursor = ""
            while True:
                try:
                    page = await data_provider.plan(subject, cursor)
                except PortError:
                    failures.append(data_provider.code)
                    break
                yield data_provider.code, page.items
                if not page.cursor or page.cursor == cursor:
                    break
                cursor = page.cursor
