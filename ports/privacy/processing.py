"""What the record of processing is checked against."""

from collections.abc import Collection
from typing import Protocol


class DatabaseColumns(Protocol):
    async def __call__(self) -> Collection[str]:
        """Every column of the live database, as ``table.column``."""


class ForgetDataProvider(Protocol):
    async def __call__(self, code: str, /) -> bool:
        """Stop asking a removed plugin: no personal data of it is left. Whether it was known."""
