"""Options and functions for the output of commands."""

from collections.abc import Iterable

import click

from core.domain.errors import Invalid, InvalidFields

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def fail_with(problems: Iterable[str]) -> None:
    """Print the problems to standard error and exit with 1; return if there are none."""
    lines = list(problems)
    for line in lines:
        click.echo(line, err=True)
    if lines:
        raise click.exceptions.Exit(1)


def invalid_lines(error: Invalid | InvalidFields) -> list[str]:
    """One line for each wrong value, which begins with its name."""
    fields = error.fields if isinstance(error, InvalidFields) else (error,)
    return [f"{each.field}: {each}" for each in fields]
