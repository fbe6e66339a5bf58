"""The conformance kits of carriers and recommenders find each fault."""

import pytest

from plugins.recommend.cooccurrence import CooccurrenceRecommender
from tests.plugins.broken_carriers import BROKEN_CARRIERS, WorkingCarrier
from tests.plugins.broken_recommenders import BROKEN_RECOMMENDERS, WorkingRecommender
from tests.plugins.inner_run import QUIET

CARRIER = """
import pytest

from entrepot.testing import CarrierSuite
from tests.plugins import broken_carriers


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


class TestKit(CarrierSuite):
    @pytest.fixture
    def carrier(self):
        return broken_carriers.{name}()
"""
RECOMMENDER = """
import pytest

from entrepot.testing import RecommenderSuite
from tests.plugins import broken_recommenders


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


class TestKit(RecommenderSuite):
    @pytest.fixture
    def new_recommender(self, tmp_path):
        return lambda: broken_recommenders.{name}(tmp_path)
"""


def failures(pytester: pytest.Pytester, kit: str, name: str) -> set[str]:
    """The cases of the kit that the plugin does not pass."""
    pytester.makepyfile(kit.format(name=name))
    run = pytester.inline_run(*QUIET)
    passed, _, failed = run.listoutcomes()
    assert len(passed) + len(failed) > 10
    return {report.nodeid.split("::")[-1].split("[")[0] for report in failed}


def test_working_plugins_pass(pytester: pytest.Pytester) -> None:
    assert failures(pytester, CARRIER, "WorkingCarrier") == set()
    assert failures(pytester, RECOMMENDER, "WorkingRecommender") == set()
    assert issubclass(WorkingRecommender, CooccurrenceRecommender)


@pytest.mark.parametrize(
    ("carrier", "case"),
    [pytest.param(each, case, id=each.__name__) for each, case in BROKEN_CARRIERS.items()],
)
def test_a_fault_of_a_carrier_is_found_by_the_case_for_it(
    pytester: pytest.Pytester, carrier: type[WorkingCarrier], case: str
) -> None:
    assert case in failures(pytester, CARRIER, carrier.__name__)


@pytest.mark.parametrize(
    ("recommender", "case"),
    [pytest.param(each, case, id=each.__name__) for each, case in BROKEN_RECOMMENDERS.items()],
)
def test_a_fault_of_a_recommender_is_found_by_the_case_for_it(
    pytester: pytest.Pytester, recommender: type[WorkingRecommender], case: str
) -> None:
    assert case in failures(pytester, RECOMMENDER, recommender.__name__)
