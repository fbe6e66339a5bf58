"""Customers as a plugin reads them: opaque ids, groups and consents."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.domain.identifiers import CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopCustomer:
    """A member. ``groups`` are codes that price lists and promotions ask for."""

    id: CustomerId
    groups: frozenset[str]
    registered_at: datetime


class ShopCustomers(Protocol):
    """Reads members without contact data. Needs the capability ``customers.read``."""

    async def get(self, customer_id: CustomerId) -> ShopCustomer:
        """Raises `NotFound`, also for a registration that is not confirmed yet."""

    async def has_consent(self, customer_id: CustomerId, purpose: str) -> bool:
        """Whether the member has a valid consent for a purpose, such as ``marketing``.

        False too for a member whose data is restricted, and for an unknown one.
        """
