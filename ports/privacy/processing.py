"""Ports of the record of processing."""

from collections.abc import Collection
from typing import Protocol


class DatabaseColumns(Protocol):
    async def __call__(self) -> Collection[str]:
        """All columns of the live database, as ``table.column``."""


class ForgetDataProvider(Protocol):
    async def __call__(self, code: str, /) -> bool:
        """Forget the data provider of a removed plugin. Returns false if it is unknown.

        Call it only if none of its personal data is left.
        """
