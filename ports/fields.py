"""The memory of the fields that plugins declared."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from core.domain.fields.field import Field
from core.domain.privacy.inventory import Field as InventoryField


class FieldDeclarations(Protocol):
    """Fields with their classification, also those of plugins that were removed."""

    async def note(self, fields: Sequence[Field], now: datetime) -> None:
        """Store the fields that are declared at ``now``. Idempotent."""

    async def absent(self, declared: Collection[str]) -> tuple[InventoryField, ...]:
        """The stored fields with other names than ``declared``, as the inventory lists them."""
