"""What commands say about themselves."""

from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any

import click

from adapters.plugins.answers.checks import WrongAnswer, code_of

DEEPEST = 5
"""`entrepot PLUGIN` has at most so many levels of groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandDescription:
    """The name of a command below that of its plugin."""

    code: str


def describe_command(command: Any) -> CommandDescription:
    _check(command, DEEPEST)
    return CommandDescription(code=code_of(command.name, "the name of a command"))


def _check(command: Any, levels: int) -> None:
    if not isinstance(command, click.Command):
        raise WrongAnswer(f"a {type(command).__name__} is no command")
    name = code_of(command.name, "the name of a command")
    if not isinstance(command, click.Group):
        return
    if iscoroutinefunction(command.callback):
        raise WrongAnswer(f"the group “{name}” is an async function: its commands may be")
    if levels == 0:
        raise WrongAnswer(f"the group “{name}” is too deep")
    for each in command.commands.values():
        _check(each, levels - 1)
