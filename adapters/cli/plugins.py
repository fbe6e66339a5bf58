"""`entrepot plugins`: list, create, switch off and uninstall plugins."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import click
from rich.console import Console
from rich.table import Table

from adapters.cli import uninstall
from adapters.cli.output import json_option
from adapters.cli.shop import Assembly, pass_assembly, run
from ports.plugins import PluginHealth, PluginReport


class ServersReport(Protocol):
    def __call__(self, plugins: Sequence[PluginHealth], /) -> Sequence[PluginHealth]:
        """The same plugins with the health that they have in the running servers."""


@dataclass(frozen=True, slots=True)
class PluginCommands:
    report: PluginReport
    servers: ServersReport


@click.group()
def plugins() -> None:
    """List, create, switch off and uninstall plugins."""


@plugins.command("list")
@json_option
@pass_assembly
def list_command(assembly: Assembly, as_json: bool) -> None:
    """List all installed plugins. Exits with 1 if one is refused.

    The state is the worst one in the running servers of this machine.
    """

    async def work(parts: PluginCommands) -> Sequence[PluginHealth]:
        return parts.servers(parts.report())

    rows = run(assembly, PluginCommands, work)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False))
    else:
        table = Table("Name", "Version", "State", "Reason", box=None)
        for row in rows:
            policy = f"adds to the Content-Security-Policy: {row.policy}" if row.policy else ""
            reason = "; ".join(each for each in (row.reason, policy) if each)
            table.add_row(row.name, row.version, row.state, reason)
        Console(width=160).print(table)
    if any(row.state == "refused" for row in rows):
        raise click.exceptions.Exit(1)


@plugins.command("new")
@click.argument("name")
@click.option("--port", required=True, help="payment, shipping, search or recommendation.")
@click.option(
    "--into",
    default=Path(),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The parent folder.",
)
@pass_assembly
def new(assembly: Assembly, name: str, port: str, into: Path) -> None:
    """Create a working plugin NAME with a test.

    `pip install -e NAME` installs it, `pytest NAME` runs its test.
    """
    if not name.isidentifier() or not name.islower() or not name.isascii():
        raise click.UsageError(
            f"“{name}” is not a package name. A package name looks like payment_mybank."
        )
    if port not in assembly.skeletons:
        known = ", ".join(sorted(assembly.skeletons))
        raise click.UsageError(f"There is no port “{port}”. Choose one of {known}.")
    folder = into / name
    if folder.exists():
        raise click.ClickException(f"{folder} already exists. Choose another name or folder.")
    for path, text in assembly.skeletons[port](name).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        click.echo(target)


for command in uninstall.commands:
    plugins.add_command(command)
