"""The database schema."""

from typing import Protocol


class Schema(Protocol):
    async def is_current(self) -> bool:
        """True if the database has the schema of this version."""

    async def upgrade(self) -> bool:
        """Migrate to the schema of this version, and insert required rows.

        Idempotent. Returns false if nothing changed.
        """


class Readiness(Protocol):
    async def __call__(self) -> None:
        """Check that the database accepts writes. Cheap: the answer may be seconds old.

        Raises:
            Unavailable: it does not answer, is read-only, or its disk is full.
        """
