"""Commands with one fault each, and the case of the conformance kit that finds it."""

import sys

import click


@click.command()
@click.option("--twice", is_flag=True, help="Greet twice.")
@click.argument("name")
def greet(twice: bool, name: str) -> None:  # noqa: FBT001 -- click passes it by name
    """Greet NAME."""
    if name == "Nobody":
        raise click.ClickException("There is nobody of that name.")
    click.echo(f"Hello {name}! " * (1 + twice))


@click.command()
@click.argument("name")
def without_help(name: str) -> None:
    click.echo(name)


@click.command()
@click.option("--twice", is_flag=True)
def without_help_of_an_option(twice: bool) -> None:  # noqa: FBT001 -- click passes it by name
    """Greet."""
    click.echo(twice)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", nargs=-1)
def takes_everything(name: tuple[str, ...]) -> None:
    """Greet NAME."""
    click.echo(name)


@click.command(add_help_option=False)
@click.argument("name", required=False)
def has_no_help(name: str) -> None:
    """Greet NAME."""
    click.echo(name)


@click.command("greet")
@click.argument("name")
def fails(name: str) -> None:
    """Greet NAME."""
    raise LookupError(name)


@click.command("greet")
@click.argument("name")
def exits_without_a_word(name: str) -> None:
    """Greet NAME."""
    if name == "Nobody":
        sys.exit(1)


@click.command("two words")
def is_misnamed() -> None:
    """Greet."""


BROKEN_COMMANDS = {
    "without_help": "test_every_command_and_option_has_help",
    "without_help_of_an_option": "test_every_command_and_option_has_help",
    "takes_everything": "test_an_unknown_option_is_a_usage_error",
    "has_no_help": "test_help_runs_nothing",
    "fails": "test_the_examples_succeed",
    "exits_without_a_word": "test_what_is_refused_has_a_message_and_an_exit_code",
    "is_misnamed": "test_their_names_are_complete",
}
