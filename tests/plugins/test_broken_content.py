"""The conformance kits of slots and pages find each fault."""

from pathlib import Path

import pytest

from entrepot.pages import BlockKind, ListFill, Page, SlotFill
from entrepot.testing import BlocksSuite, PagesSuite, SlotSuite
from tests.plugins.broken_content import (
    BROKEN_BLOCKS,
    BROKEN_FILES,
    BROKEN_FILLS,
    BROKEN_PAGES,
    FILES,
    GroupPage,
    WorkingFill,
    WorkingListFill,
    block_kind,
    page,
)
from tests.plugins.inner_run import QUIET

KIT = """
import pytest

from entrepot.testing import BlocksSuite, PagesSuite, SlotSuite
from entrepot.testing.content import rendering
from tests.plugins import broken_content

rendering.LIMITS = rendering.PluginLimits(
    seconds=0.5, fill_seconds=0.5, page_seconds=0.5, blocked_seconds=0.2
)


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"
"""
FILL = """

class {name}(SlotSuite):
    @pytest.fixture
    def slot_fill(self):
        return broken_content.{name}()

    @pytest.fixture
    def files(self):
        return broken_content.{files}
"""
PAGE = """

class {name}(PagesSuite):
    @pytest.fixture
    def page(self):
        return broken_content.page(broken_content.{name}().answer)

    @pytest.fixture
    def files(self):
        return broken_content.FILES

    @pytest.fixture
    def path_values(self):
        return {{"code": "g1"}}

    @pytest.fixture
    def submitted(self):
        return {{"name": "Li"}}
"""
BLOCK = """

class {name}(BlocksSuite):
    @pytest.fixture
    def block_kind(self):
        return broken_content.BROKEN_BLOCKS["{name}"][0]

    @pytest.fixture
    def files(self):
        return broken_content.FILES
"""
BLOCK_CASES = (
    "test_its_fields_templates_and_files_are_accepted",
    "test_it_is_shown_with_all_values",
    "test_it_is_shown_with_the_required_values_alone",
)
UNESCAPED = "test_its_templates_and_files_are_accepted"


class TestWorkingFill(SlotSuite):
    @pytest.fixture
    def slot_fill(self) -> SlotFill | ListFill:
        return WorkingFill()

    @pytest.fixture
    def files(self) -> Path:
        return FILES


class TestWorkingListFill(TestWorkingFill):
    @pytest.fixture
    def slot_fill(self) -> SlotFill | ListFill:
        return WorkingListFill()


class TestWorkingPage(PagesSuite):
    @pytest.fixture
    def page(self) -> Page:
        return page(GroupPage().answer)

    @pytest.fixture
    def files(self) -> Path:
        return FILES

    @pytest.fixture
    def path_values(self) -> dict[str, str]:
        return {"code": "g1"}

    @pytest.fixture
    def submitted(self) -> dict[str, str]:
        return {"name": "Li"}


class TestWorkingBlocks(BlocksSuite):
    @pytest.fixture
    def block_kind(self) -> BlockKind:
        return block_kind()

    @pytest.fixture
    def files(self) -> Path:
        return FILES


def test_each_fault_of_a_fill_or_a_page_is_found_by_the_case_for_it(
    pytester: pytest.Pytester,
) -> None:
    fills = [FILL.format(name=fill.__name__, files="FILES") for fill in BROKEN_FILLS]
    pages = [PAGE.format(name=each.__name__) for each in BROKEN_PAGES]
    blocks = [BLOCK.format(name=name) for name in BROKEN_BLOCKS]
    faults = {each.__name__: case for each, case in {**BROKEN_FILLS, **BROKEN_PAGES}.items()}
    faults["WorkingFill"] = UNESCAPED
    for name, (_, part) in BROKEN_BLOCKS.items():
        (faults[name],) = [case for case in BLOCK_CASES if case.endswith(part)]
    assert BROKEN_FILES.is_dir()
    working = FILL.format(name="WorkingFill", files="BROKEN_FILES")
    file = pytester.makepyfile(KIT + "".join([*fills, *pages, *blocks, working]))
    cases = [f"{file.name}::{name}::{case}" for name, case in faults.items()]
    classes = "python_classes=" + " ".join(faults)
    run = pytester.inline_run(*cases, "-o", classes, *QUIET)
    found = {report.nodeid.split("[")[0].split("::")[1] for report in run.listoutcomes()[2]}
    assert set(faults) - found == set()
