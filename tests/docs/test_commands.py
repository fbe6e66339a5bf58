"""Every command in the documentation exists, with each of its options."""

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest

from adapters.cli.root import root

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = re.compile(r"^```\n(.*?)^```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^(?:\w+=\S+ )*entrepot ([a-z].*)$", re.MULTILINE)


def commands_of(text: str) -> Iterator[list[str]]:
    for block, inline in CODE.findall(text):
        for line in COMMAND.findall(block or inline):
            yield line.partition("#")[0].split()


def problems_of(words: list[str]) -> list[str]:
    """The first unknown subcommand, or the options that the command does not have."""
    command: click.Command = root
    names = takewhile(lambda word: not word.startswith("-"), words)
    for name in names:
        if not isinstance(command, click.Group):
            break
        if name not in command.commands:
            return [f"no command “{name}”"]
        command = command.commands[name]
    known = {option for each in command.params for option in each.opts} | {"--help"}
    return [f"no option {word}" for word in words if word.startswith("--") and word not in known]


def test_a_wrong_command_is_found() -> None:
    assert problems_of(["catalog", "import", "FILE", "--json"]) == []
    assert problems_of(["catalog", "ship"]) == ["no command “ship”"]
    assert problems_of(["db", "check", "--fast"]) == ["no option --fast"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_exist(page: Path) -> None:
    commands = list(commands_of(page.read_text(encoding="utf-8")))
    assert [(words, problems) for words in commands if (problems := problems_of(words))] == []


def test_the_documentation_has_commands() -> None:
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    assert sum(1 for text in texts for _ in commands_of(text)) > 60
