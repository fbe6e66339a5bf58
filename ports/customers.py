"""The repository of customers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.domain.customers import Customer
from core.domain.identifiers import CustomerId, DataKeyId


class Customers(Protocol):
    async def get(self, customer_id: CustomerId) -> Customer:
        """Raises `NotFound`."""

    async def find(self, login: str) -> Customer | None: ...

    async def save(self, customer: Customer) -> None:
        """Raises `AlreadyExists` (login) or `StaleVersion`."""

    async def purge_pending(self, before: datetime) -> Sequence[DataKeyId]:
        """Delete pending registrations from before. Returns their data keys."""
