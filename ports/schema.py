"""The database schema."""

from typing import Protocol


class Schema(Protocol):
    async def is_current(self) -> bool:
        """True if the database has the schema of this version."""

    async def upgrade(self) -> bool:
        """Migrate to the schema of this version, and insert required rows.

        Idempotent. Returns false if nothing changed.
        """
