"""The conformance kit for a storage: the unit of work and its repositories."""

import pytest

from entrepot.testing.storage.carts import CartCases
from entrepot.testing.storage.catalogue import CatalogueCases
from entrepot.testing.storage.customers import CustomerCases
from entrepot.testing.storage.orders import OrderCases
from entrepot.testing.storage.units import UnitOfWorkCases
from ports.unit_of_work import UnitsOfWork


class StorageSuite(UnitOfWorkCases, CatalogueCases, CartCases, OrderCases, CustomerCases):
    """Override the fixture ``units``: an empty shop that has the location ``main``."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def units(self) -> UnitsOfWork:
        raise NotImplementedError("Override the fixture `units`.")
