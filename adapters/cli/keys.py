"""`entrepot keys`: rotate the keys that encrypt personal data, and print the public key."""

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
        """Return the number of rewritten rows. Calls ``progress`` with the size of each batch.

        Raises:
            KeyringMissing: the keyring is read-only.
        """


class RotateKeys(Rotate, Protocol):
    """Rotate the key that wraps the data keys."""


class RotateBlindIndexes(Rotate, Protocol):
    """Rotate the key of the blind indexes."""


class PublicKey(Protocol):
    async def __call__(self) -> tuple[str, str]:
        """Return the public key as PEM, and its id."""


@dataclass(frozen=True, slots=True)
class KeyCommands:
    rotate_keys: RotateKeys
    rotate_indexes: RotateBlindIndexes
    public_key: PublicKey


@click.group()
def keys() -> None:
    """Rotate the keys that encrypt personal data, and print the public key."""


@keys.command("rotate")
@click.option("--indexes", is_flag=True, help="Rotate the key of the blind indexes instead.")
@pass_assembly
def rotate(assembly: Assembly, indexes: bool) -> None:
    """Wrap all data keys with a new key. The shop keeps serving.

    Afterwards, destroyed data keys cannot be restored from old backups. Repeat the command to
    continue an interrupted rotation.
    """

    async def work(parts: KeyCommands) -> int:
        rotation: Rotate = parts.rotate_indexes if indexes else parts.rotate_keys
        columns = (SpinnerColumn(), TextColumn("{task.completed} written"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bars:
            task = bars.add_task("rotate", total=None)
            return await rotation(lambda done: bars.advance(task, done))

    try:
        count = run(assembly, KeyCommands, work)
    except KeyringMissing as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} {'indexes' if indexes else 'keys'} were rewritten.")


@keys.command("public")
@pass_assembly
def public(assembly: Assembly) -> None:
    """Print the public key that verifies bundles, certificates and signed heads."""

    async def work(parts: KeyCommands) -> tuple[str, str]:
        return await parts.public_key()

    pem, key_id = run(assembly, KeyCommands, work)
    click.echo(pem, nl=False)
    click.echo(f"Key id {key_id}", err=True)
