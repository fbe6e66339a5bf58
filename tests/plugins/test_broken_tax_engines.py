"""The conformance kit of tax engines finds each fault."""

import pytest

from entrepot import TaxEngine
from entrepot.testing import TaxEngineSuite
from tests.plugins.broken_tax_engines import BROKEN_TAX_ENGINES, WorkingTaxEngine
from tests.plugins.inner_run import QUIET

KIT = """
import pytest

from entrepot.testing import TaxEngineSuite
from tests.plugins import broken_tax_engines


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"
"""
CASES = """

class {name}(TaxEngineSuite):
    @pytest.fixture
    def tax_engine(self):
        return broken_tax_engines.{name}()
"""


class TestWorkingTaxEngine(TaxEngineSuite):
    @pytest.fixture
    def tax_engine(self) -> TaxEngine:
        return WorkingTaxEngine()


def test_each_fault_of_a_tax_engine_is_found_by_the_case_for_it(pytester: pytest.Pytester) -> None:
    faults = {engine.__name__: case for engine, case in BROKEN_TAX_ENGINES.items()}
    file = pytester.makepyfile(KIT + "".join(CASES.format(name=name) for name in faults))
    cases = [f"{file.name}::{name}::{case}" for name, case in faults.items()]
    classes = "python_classes=" + " ".join(faults)
    run = pytester.inline_run(*cases, "-o", classes, *QUIET)
    found = {report.nodeid.split("[")[0].split("::")[1] for report in run.listoutcomes()[2]}
    assert set(faults) - found == set()
