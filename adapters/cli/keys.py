"""`entrepot keys`: the keys that personal data is sealed with."""

from collections.abc import Awaitable, Callable
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from adapters.cli.shop import Assembly, pass_assembly, run
from adapters.security.signatures import key_id_of, public_pem
from ports.keys import KeyringMissing


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

    async def work(shop: Any) -> int:
        await shop.vault().prepare()
        rotation: Callable[[Callable[[int], None]], Awaitable[int]] = (
            shop.rotate_indexes() if indexes else shop.rotate_keys()
        )
        columns = (SpinnerColumn(), TextColumn("{task.completed} written"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bars:
            task = bars.add_task("rotate", total=None)
            return await rotation(lambda more: bars.advance(task, more))

    try:
        count = run(assembly, work)
    except KeyringMissing as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} {'indexes' if indexes else 'keys'} were written anew.")


@keys.command("public")
@pass_assembly
def public(assembly: Assembly) -> None:
    """Print the public key that verifies bundles, certificates and signed heads."""

    async def work(shop: Any) -> Any:
        await shop.vault().prepare()
        return shop.vault().keyring.signer.public_key()

    key = run(assembly, work)
    click.echo(public_pem(key), nl=False)
    click.echo(f"Key id {key_id_of(key)}", err=True)
