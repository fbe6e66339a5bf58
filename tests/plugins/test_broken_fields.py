"""The conformance kit of fields finds each fault."""

import pytest

from entrepot.testing import FieldsSuite
from entrepot.testing.fields import DeclareFields
from tests.plugins.broken_fields import BROKEN_FIELDS, PLUGIN, WORKING
from tests.plugins.inner_run import QUIET

KIT = """
import pytest

from entrepot.testing import FieldsSuite
from tests.plugins import broken_fields
"""
CASES = """

class {name}(FieldsSuite):
    @pytest.fixture
    def plugin(self):
        return broken_fields.PLUGIN

    @pytest.fixture
    def declare(self):
        return broken_fields.BROKEN_FIELDS["{name}"][0]
"""


class TestWorkingFields(FieldsSuite):
    @pytest.fixture
    def plugin(self) -> str:
        return PLUGIN

    @pytest.fixture
    def declare(self) -> DeclareFields:
        return lambda: WORKING


def test_each_fault_of_a_field_is_found_by_the_case_for_it(pytester: pytest.Pytester) -> None:
    file = pytester.makepyfile(KIT + "".join(CASES.format(name=name) for name in BROKEN_FIELDS))
    cases = [f"{file.name}::{name}::{case}" for name, (_, case) in BROKEN_FIELDS.items()]
    classes = "python_classes=" + " ".join(BROKEN_FIELDS)
    run = pytester.inline_run(*cases, "-o", classes, *QUIET)
    found = {report.nodeid.split("[")[0].split("::")[1] for report in run.listoutcomes()[2]}
    assert set(BROKEN_FIELDS) - found == set()
