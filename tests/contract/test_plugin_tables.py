"""The conformance suite for tables of plugins, and tables with one fault each."""

from pathlib import Path

import pytest

from entrepot.tables import PluginTables
from entrepot.testing import PluginTablesSuite
from tests.diary import NAME, diary_tables
from tests.plugins.inner_run import QUIET


class TestDiary(PluginTablesSuite):
    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def plugin(self) -> str:
        return NAME

    @pytest.fixture
    def tables(self, tmp_path: Path) -> PluginTables:
        return diary_tables(tmp_path / "diary")


BROKEN = """
import pytest
from sqlalchemy import Column, Table, Text

from entrepot.tables import PluginTables, identifier, new_metadata, not_personal
from entrepot.testing import PluginTablesSuite
from tests import diary

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


class Broken(PluginTablesSuite):
    @pytest.fixture
    def plugin(self):
        return "diary"


class TestForgottenMigration(Broken):
    @pytest.fixture
    def tables(self, tmp_path):
        return PluginTables(diary.metadata, diary.write_migrations(tmp_path / "m", diary.FIRST))


class TestUnclassified(Broken):
    @pytest.fixture
    def tables(self, tmp_path):
        metadata = new_metadata()
        Table("plugin_diary_x", metadata, identifier(what="a row"), Column("note", Text))
        return PluginTables(metadata, diary.write_migrations(tmp_path / "m", diary.FIRST))


class TestRaises(Broken):
    @pytest.fixture
    def tables(self, tmp_path):
        return diary.diary_tables(tmp_path, diary.BROKEN)


class TestWithoutBeginning(Broken):
    @pytest.fixture
    def tables(self, tmp_path):
        return PluginTables(diary.metadata, diary.write_migrations(tmp_path / "m", diary.SECOND))
"""
RULES = "test_the_tables_keep_the_rules"
KNOWN = "test_the_tables_are_known_after_the_plugin_was_removed"
MIGRATIONS = {
    "test_the_migrations_make_the_tables",
    "test_an_upgrade_is_safe_to_repeat",
    "test_each_revision_runs_after_the_one_before",
}


def test_the_suite_finds_each_fault(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(BROKEN)
    passed, _, failed = pytester.inline_run(*QUIET, "-p", "no:doctest").listoutcomes()
    found: dict[str, set[str]] = {}
    for report in failed:
        _, kind, case = report.nodeid.split("::")
        found.setdefault(kind, set()).add(case.split("[")[0])
    assert found == {
        "TestForgottenMigration": MIGRATIONS,
        "TestUnclassified": {RULES, KNOWN, *MIGRATIONS},
        "TestRaises": MIGRATIONS,
        "TestWithoutBeginning": MIGRATIONS,
    }
    assert len(passed) == 6
