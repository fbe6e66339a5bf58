"""`entrepot keys`: the keys that personal data is sealed with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from adapters.cli.shop import Assembly, pass_assembly, run
from ports.keys import KeyringMissing


class Rotate(Protocol):
    async def __call__(self, progress: Callable[[int], None], /) -> int:
        """How many were written anew; ``progress`` is told how many more.

        Raises:
            KeyringMissing: the keyring is not the shop's to change.
        """


class RotateKeys(Rotate, Protocol):
    """The key that wraps people's keys."""


class RotateBlindIndexes(Rotate, Protocol):
    """The key of the blind indexes."""


class PublicKey(Protocol):
    async def __call__(self) -> tuple[str, str]:
        """The public key as PEM, and its id."""


@dataclass(frozen=True, slots=True)
class KeyCommands:
    rotate_keys: RotateKeys
    rotate_indexes: RotateBlindIndexes
    public_key: PublicKey


@click.group()
def keys() -> None:
    """Look after the keys that personal data is sealed with."""


@keys.command("rotate")
@click.option(
    "--indexes", is_flag=True, help="Change the key of the blind indexes, and not that of people."
)
@pass_assembly
def rotate(assembly: Assembly, indexes: bool) -> None:
    """Wrap everybody's key with a new one, while the shop serves.

    Keys that were destroyed cannot be unwrapped from older copies afterwards. A rotation that
    was cut off goes on where it was.
    """

    async def work(parts: KeyCommands) -> int:
        rotation: Rotate = parts.rotate_indexes if indexes else parts.rotate_keys
        columns = (SpinnerColumn(), TextColumn("{task.completed} written"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bars:
            task = bars.add_task("rotate", total=None)
            return await rotation(lambda more: bars.advance(task, more))

    try:
        count = run(assembly, KeyCommands, work)
    except KeyringMissing as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} {'indexes' if indexes else 'keys'} were written anew.")


@keys.command("public")
@pass_assembly
def public(assembly: Assembly) -> None:
    """Print the public key that verifies bundles, certificates and signed heads."""

    async def work(parts: KeyCommands) -> tuple[str, str]:
        return await parts.public_key()

    pem, key_id = run(assembly, KeyCommands, work)
    click.echo(pem, nl=False)
    click.echo(f"Key id {key_id}", err=True)
