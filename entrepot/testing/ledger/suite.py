"""The conformance kit for a stored ledger, with races."""

import pytest

from entrepot.testing.ledger.concurrency import RaceCases
from entrepot.testing.ledger.lots import LotCases
from entrepot.testing.ledger.transfers import TransferCases
from entrepot.testing.ledger.walk import WalkCases
from ports.unit_of_work import UnitsOfWork


class LedgerSuite(TransferCases, LotCases, WalkCases, RaceCases):
    """Override the fixture ``units``."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def units(self) -> UnitsOfWork:
        raise NotImplementedError("Override the fixture `units`.")
