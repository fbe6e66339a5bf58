"""Options and functions for the output of commands."""

from collections.abc import Iterable

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def fail_with(problems: Iterable[str]) -> None:
    """Print the problems to standard error and exit with 1; return if there are none."""
    lines = list(problems)
    for line in lines:
        click.echo(line, err=True)
    if lines:
        raise click.exceptions.Exit(1)
