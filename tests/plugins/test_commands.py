"""Commands of plugins, below `entrepot PLUGIN`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from adapters.plugins.answers.checks import WrongAnswer
from adapters.plugins.answers.commands import describe_command
from adapters.plugins.guards import PluginGuards
from entrepot.assembly.plugin_checks import check_commands
from entrepot.assembly.shop import Shop
from tests.bank import Bank, place
from tests.commands import command
from tests.factories import stock_up
from tests.installed import install_plugin, plugin_manager
from tests.plugins.broken_commands import BROKEN_COMMANDS
from tests.plugins.command_plugin import NAME, SOURCE
from tests.plugins.inner_run import QUIET
from tests.servers import clean_environment

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "site"
    install_plugin(folder, NAME, SOURCE)
    install_plugin(folder, "defective", "raise LookupError('no such thing')")
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    sys.modules.pop(NAME, None)


@pytest.mark.parametrize(
    ("arguments", "code", "output"),
    [
        (["greet", "--times", "2"], 0, "hello hello \n"),
        (["act", "well"], 0, "acted: well\n"),
        (["stock", "count"], 0, "stock:\ncounted\n"),
        (["act", "raises"], 1, "Error: The command of the plugin “acme” failed: ZeroDivisionError"),
        (["act", "refuses"], 1, "Error: This is not valid.\n"),
        (["act", "is down"], 1, "Error: This service is not available right now."),
        (["act", "exits"], 7, ""),
        (["greet", "--unknown"], 2, "Usage: "),
        (["nothing"], 2, "Usage: "),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_commands_of_a_plugin_have_the_errors_of_the_shop(
    shop: Shop, arguments: list[str], code: int, output: str
) -> None:
    ran = await command(shop, NAME, *arguments)
    assert (ran.exit_code, output in ran.output) == (code, True), ran.output
    assert "Traceback" not in ran.output


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_asynchronous_command_reads_the_shop(shop: Shop, bank: Bank) -> None:  # noqa: ARG001
    await stock_up(shop)
    placed = await place(shop)
    ran = await command(shop, NAME, "order", placed.number)
    assert "1 lines" in ran.output
    none = await command(shop, NAME, "order", "0000000000000000")
    assert (none.exit_code, "Error: There is no order" in none.output) == (1, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_plugin_that_fails_is_named_and_the_others_work(shop: Shop) -> None:
    ran = await command(shop, "defective", "greet")
    assert ran.exit_code == 1
    assert "Error: The plugin “defective” is not loaded: cannot be imported" in ran.output
    none = await command(shop, "recommend_nothing")
    assert none.exit_code == 2
    without = await command(shop, "logistics", "greet")
    assert "Error: The plugin “logistics” has no commands.\n" in without.output


@pytest.mark.slow
def test_a_real_process_lists_commands_without_a_database_and_runs_one(
    site: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "missing" / "shop.db"
    environment = clean_environment(
        PYTHONPATH=f"{site}{os.pathsep}{Path(__file__).parents[2]}",
        ENTREPOT_SECRET_KEY="a secret of the tests, long enough",
        ENTREPOT_DATA_DIR=str(tmp_path / "data"),
        ENTREPOT_DATABASE_URL=f"sqlite:///{missing}",
    )
    helped = entrepot(environment, "--help")
    rows = {row.split()[0]: row for row in helped.stdout.partition("Plugins:")[2].splitlines()[1:]}
    assert "Commands of the plugin acme." in rows[NAME]
    assert "cannot be imported" in rows["defective"]
    assert "logistics" not in rows
    ran = entrepot(environment, NAME, "greet")
    assert (ran.returncode, ran.stdout) == (0, "hello \n"), ran.stderr
    assert not missing.exists()


def entrepot(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "entrepot", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_plugin_with_the_name_of_a_command_of_the_shop_is_refused(
    site: Path, guards: PluginGuards
) -> None:
    install_plugin(site, "jobs", SOURCE.replace('name="acme"', 'name="jobs"'))
    manager = plugin_manager(guards, site, checks=(check_commands,))
    manager.load([EntryPoint("jobs", "jobs", "entrepot.plugins")])
    (refusal,) = manager.refused
    assert refusal.reason == "has commands, and `entrepot jobs` is one of the shop: rename it"
    sys.modules.pop("jobs")


async def nothing() -> None:
    """Do nothing."""


def deep(levels: int) -> click.Command:
    return click.Group("a", commands=[deep(levels - 1)]) if levels else click.Command("a")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (click.Command(None), "the name of a command is a NoneType"),
        (click.Command("two words"), "is no code"),
        (click.Group("stock", callback=nothing), "is an async function"),
        (click.Group("stock", commands={"x": print}), "is no command"),  # type: ignore[dict-item]
        (deep(9), "is too deep"),
    ],
)
def test_a_command_that_says_something_wrong_about_itself_is_refused(
    wrong: Any, reason: str
) -> None:
    with pytest.raises(WrongAnswer, match=reason):
        describe_command(wrong)


def test_help_without_an_assembly_lists_the_commands_of_the_shop() -> None:
    from adapters.cli.root import root  # noqa: PLC0415

    assert "worker" in CliRunner().invoke(root, ["--help"]).output


KIT = """
import pytest

from entrepot.testing import CommandSuite
from tests.plugins import broken_commands


class TestKit(CommandSuite):
    @pytest.fixture
    def commands(self):
        return [broken_commands.{name}]

    @pytest.fixture
    def examples(self):
        return [["greet", "Anna", "--twice"]] if "{name}" == "greet" else [["greet", "Anna"]]

    @pytest.fixture
    def refused(self):
        return [["greet", "Nobody"], ["greet"]]
"""


def failures(pytester: pytest.Pytester, name: str) -> set[str]:
    pytester.makepyfile(KIT.format(name=name))
    run = pytester.inline_run(*QUIET)
    passed, _, failed = run.listoutcomes()
    assert len(passed) + len(failed) == 6
    return {report.nodeid.split("::")[-1] for report in failed}


def test_a_working_command_passes_the_kit(pytester: pytest.Pytester) -> None:
    assert failures(pytester, "greet") == set()


@pytest.mark.parametrize("name", BROKEN_COMMANDS)
def test_the_kit_finds_a_broken_command(pytester: pytest.Pytester, name: str) -> None:
    assert BROKEN_COMMANDS[name] in failures(pytester, name)
