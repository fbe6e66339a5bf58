"""The conformance kits of price offers, facts and order guards find each fault."""

from dataclasses import replace

import pytest

from entrepot.testing import FactsSuite, OrderGuardSuite, PriceOffersSuite, a_draft
from ports.order_guards import OrderDraft, OrderGuard
from ports.price_enquiries import Facts, PriceOffers
from tests.plugins.broken_proposals import (
    BROKEN_FACTS,
    BROKEN_ORDER_GUARDS,
    BROKEN_PRICE_OFFERS,
    WorkingFacts,
    WorkingOrderGuard,
    WorkingPriceOffers,
)
from tests.plugins.inner_run import QUIET

KIT = """
import pytest

from entrepot.testing import FactsSuite, OrderGuardSuite, PriceOffersSuite
from tests.plugins import broken_proposals
from tests.plugins.test_broken_proposals import three_units


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"
"""
CASES = """

class {name}({suite}):
    @pytest.fixture
    def {fixture}(self):
        return broken_proposals.{name}()

    @pytest.fixture
    def refused_draft(self):
        return three_units()
"""
FAULTS = {
    ("PriceOffersSuite", "price_offers"): BROKEN_PRICE_OFFERS,
    ("FactsSuite", "facts"): BROKEN_FACTS,
    ("OrderGuardSuite", "order_guard"): BROKEN_ORDER_GUARDS,
}


def three_units() -> OrderDraft:
    draft = a_draft("ONE")
    return replace(draft, lines=(replace(draft.lines[0], quantity=3),))


class TestWorkingPriceOffers(PriceOffersSuite):
    @pytest.fixture
    def price_offers(self) -> PriceOffers:
        return WorkingPriceOffers()


class TestWorkingFacts(FactsSuite):
    @pytest.fixture
    def facts(self) -> Facts:
        return WorkingFacts()


class TestWorkingOrderGuard(OrderGuardSuite):
    @pytest.fixture
    def order_guard(self) -> OrderGuard:
        return WorkingOrderGuard()

    @pytest.fixture
    def refused_draft(self) -> OrderDraft | None:
        return three_units()


def test_each_fault_is_found_by_the_case_for_it(pytester: pytest.Pytester) -> None:
    source, cases = KIT, {}
    for (suite, fixture), faults in FAULTS.items():
        for kind, case in faults.items():
            source += CASES.format(name=kind.__name__, suite=suite, fixture=fixture)
            cases[kind.__name__] = case
    file = pytester.makepyfile(source)
    chosen = [f"{file.name}::{name}::{case}" for name, case in cases.items()]
    classes = "python_classes=" + " ".join(cases)
    run = pytester.inline_run(*chosen, "-o", classes, *QUIET)
    found = {report.nodeid.split("[")[0].split("::")[1] for report in run.listoutcomes()[2]}
    assert len(cases) > 15
    assert set(cases) - found == set()
