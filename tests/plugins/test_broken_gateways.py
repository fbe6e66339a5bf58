"""The conformance kit finds each fault with the case for that fault."""

import pytest

from plugins.payment_sandbox.gateway import SandboxGateway
from tests.plugins.broken import BROKEN
from tests.plugins.inner_run import QUIET

KIT = """
import pytest

from entrepot.testing import PaymentGatewaySuite
from plugins.payment_sandbox.gateway import SandboxGateway
from tests.gateway_fixtures import sandbox_fixture
from tests.plugins import broken

GATEWAY = {gateway}


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


class TestKit(PaymentGatewaySuite):
    @pytest.fixture
    async def gateway_fixture(self, tmp_path):
        fixture = sandbox_fixture(tmp_path, GATEWAY)
        fixture.signs_answers = GATEWAY is not broken.LooksUpFirst
        yield fixture
        await fixture.aclose()
"""


def failures(pytester: pytest.Pytester, gateway: str) -> set[str]:
    """The cases of the kit that the gateway does not pass."""
    pytester.makepyfile(KIT.format(gateway=gateway))
    run = pytester.inline_run(*QUIET)
    passed, _, failed = run.listoutcomes()
    assert len(passed) + len(failed) > 30
    return {report.nodeid.split("::")[-1].split("[")[0] for report in failed}


def test_the_sandbox_gateway_passes(pytester: pytest.Pytester) -> None:
    assert failures(pytester, "SandboxGateway") == set()


def test_a_gateway_that_looks_up_first_and_gets_unsigned_answers_passes(
    pytester: pytest.Pytester,
) -> None:
    assert failures(pytester, "broken.LooksUpFirst") == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gateway", "case"),
    [pytest.param(gateway, case, id=gateway.__name__) for gateway, case in BROKEN.items()],
)
def test_a_fault_is_found_by_the_case_for_it(
    pytester: pytest.Pytester, gateway: type[SandboxGateway], case: str
) -> None:
    assert case in failures(pytester, f"broken.{gateway.__name__}")
