"""The repository of customers."""

from typing import Protocol

from core.domain.customers import Customer
from core.domain.identifiers import CustomerId


class Customers(Protocol):
    async def get(self, customer_id: CustomerId) -> Customer:
        """Raises `NotFound`."""

    async def find(self, login: str) -> Customer | None: ...

    async def save(self, customer: Customer) -> None:
        """Raises `AlreadyExists` (login) or `StaleVersion`."""
