"""Carts: the repository and its queries."""

from datetime import datetime
from typing import Protocol

from core.domain.carts import Cart
from core.domain.identifiers import CustomerId


class Carts(Protocol):
    async def find(self, token_hash: str) -> Cart | None: ...

    async def find_by_customer(self, customer_id: CustomerId) -> Cart | None: ...

    async def save(self, cart: Cart) -> None:
        """Raises `StaleVersion`, also if a concurrent request made the cart of this buyer."""

    async def remove(self, cart: Cart) -> None: ...

    async def purge(self, untouched_since: datetime) -> int:
        """Delete a batch of guest carts without a change since then. Returns their number."""


class CartQueries(Protocol):
    async def find(self, token_hash: str) -> Cart | None: ...

    async def find_by_customer(self, customer_id: CustomerId) -> Cart | None: ...
