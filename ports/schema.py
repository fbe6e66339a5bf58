"""The schema of the shop's database."""

from typing import Protocol


class Schema(Protocol):
    async def is_current(self) -> bool:
        """Whether the database has the schema that this version needs."""

    async def upgrade(self) -> bool:
        """Bring it there, and have what a shop cannot be without; whether anything changed.

        Safe to repeat.
        """
