"""The repository of returns."""

from typing import Protocol

from core.domain.identifiers import OrderId, ReturnId
from core.domain.returns import Return


class Returns(Protocol):
    async def get(self, return_id: ReturnId) -> Return:
        """Raises `NotFound`."""

    async def get_for_update(self, return_id: ReturnId) -> Return:
        """Load with a row lock (`SELECT … FOR UPDATE`).

        Concurrent callers block until this transaction ends.

        Raises `NotFound`.
        """

    async def find(self, number: str) -> Return | None: ...

    async def list(self, order_id: OrderId) -> tuple[Return, ...]:
        """Oldest first."""

    async def save(self, goods_back: Return) -> None:
        """Raises `AlreadyExists` (number) or `StaleVersion`."""
