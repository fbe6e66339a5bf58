"""The conformance kit for commands."""

from collections.abc import Sequence
from itertools import chain

import click
import pytest
from click.testing import CliRunner

from adapters.plugins.answers.commands import describe_command

USAGE_ERROR = 2


class CommandSuite:
    """Override the fixture ``commands`` with the objects of the hook.

    ``examples`` has arguments of calls that succeed, such as ``["import", "prices.csv"]``, and
    ``refused`` those of calls that the command refuses with a message. The kit calls functions
    that are not asynchronous: the others need a shop.
    """

    @pytest.fixture
    def commands(self) -> Sequence[click.Command]:
        raise NotImplementedError("Override the fixture `commands`.")

    @pytest.fixture
    def examples(self) -> Sequence[Sequence[str]]:
        return ()

    @pytest.fixture
    def refused(self) -> Sequence[Sequence[str]]:
        return ()

    @pytest.fixture
    def group(self, commands: Sequence[click.Command]) -> click.Group:
        return click.Group("plugin", commands=commands)

    def test_their_names_are_complete(self, commands: Sequence[click.Command]) -> None:
        names = [describe_command(each).code for each in commands]
        assert names
        assert len(set(names)) == len(names)

    def test_every_command_and_option_has_help(self, commands: Sequence[click.Command]) -> None:
        found = [*chain.from_iterable(map(with_subcommands, commands))]
        assert [each.name for each in found if not each.help] == []
        options = [
            f"{each.name} {option.opts[0]}"
            for each in found
            for option in each.params
            if isinstance(option, click.Option) and not option.help
        ]
        assert options == []

    def test_help_runs_nothing(self, group: click.Group) -> None:
        for path in paths(group):
            shown = CliRunner().invoke(group, [*path, "--help"])
            assert shown.exit_code == 0, path
            assert shown.output.startswith("Usage: "), path

    def test_an_unknown_option_is_a_usage_error(self, group: click.Group) -> None:
        for path in paths(group):
            refused = CliRunner().invoke(group, [*path, "--no-such-option"])
            assert refused.exit_code == USAGE_ERROR, path

    def test_the_examples_succeed(
        self, group: click.Group, examples: Sequence[Sequence[str]]
    ) -> None:
        for example in examples:
            ran = CliRunner().invoke(group, example, catch_exceptions=False)
            assert ran.exit_code == 0, ran.output

    def test_what_is_refused_has_a_message_and_an_exit_code(
        self, group: click.Group, refused: Sequence[Sequence[str]]
    ) -> None:
        for example in refused:
            ran = CliRunner().invoke(group, example)
            assert ran.exit_code in {1, USAGE_ERROR}, example
            assert isinstance(ran.exception, SystemExit), ran.exception
            assert ran.output.strip(), example


def with_subcommands(command: click.Command) -> list[click.Command]:
    below = command.commands.values() if isinstance(command, click.Group) else ()
    return [command, *chain.from_iterable(map(with_subcommands, below))]


def paths(group: click.Group) -> list[tuple[str, ...]]:
    """The names that lead to each command, without groups."""
    found = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += [(name, *path) for path in paths(command)]
        else:
            found.append((name,))
    return found
