"""Cases of the unit of work: commit, missing rows, sessions."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core.domain.accounts import Account, AccountKind
from core.domain.errors import NotFound
from core.domain.identifiers import (
    CustomerId,
    OrderId,
    ProductId,
)
from entrepot.testing.storage.samples import NOW, a_category
from ports.sessions import Session
from ports.unit_of_work import UnitsOfWork


class UnitOfWorkCases:
    async def test_changes_without_a_commit_are_lost(self, units: UnitsOfWork) -> None:
        category = a_category("tea")
        async with units() as unit:
            await unit.categories.save(category)
            assert await unit.categories.find("tea") is not None
        async with units() as unit:
            assert await unit.categories.find("tea") is None

    async def test_a_missing_row_is_not_found(self, units: UnitsOfWork) -> None:
        async with units() as unit:
            with pytest.raises(NotFound):
                await unit.products.get(ProductId(uuid4()))
            with pytest.raises(NotFound):
                await unit.orders.get(OrderId(uuid4()))
            with pytest.raises(NotFound):
                await unit.customers.get(CustomerId(uuid4()))
            assert await unit.orders.find("0") is None

    async def test_a_session_ends(self, units: UnitsOfWork) -> None:
        session = Session(
            id=uuid4(),
            token_hash="t",
            account=Account(AccountKind.CUSTOMER, uuid4()),
            opened_at=NOW,
            expires_at=NOW + timedelta(hours=1),
            device="Firefox, Windows",
        )
        async with units() as unit:
            await unit.sessions.add(session)
            await unit.commit()
        async with units() as unit:
            assert await unit.sessions.find("t", NOW) == session
            assert await unit.sessions.find("t", NOW + timedelta(hours=2)) is None
            assert await unit.sessions.purge(NOW + timedelta(hours=2)) == 1
            await unit.commit()
