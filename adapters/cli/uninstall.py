"""`entrepot plugins uninstall, disable, enable` and `check`."""

from collections.abc import Sequence
from dataclasses import dataclass

import click

from adapters.cli.shop import Assembly, pass_assembly, run, run_audited
from ports.clock import Clock
from ports.plugins import InstalledPlugin, InstalledPlugins, PluginRemoval, TableRows


@dataclass(frozen=True, slots=True)
class RemovalCommands:
    removal: PluginRemoval
    installed: InstalledPlugins
    now: Clock


@click.command("uninstall")
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--keep-tables", is_flag=True, help="Switch the plugin off, and keep its data.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_assembly
def uninstall(assembly: Assembly, name: str, dry_run: bool, keep_tables: bool, yes: bool) -> None:
    """Delete the tables of the plugin NAME, and switch it off.

    It works after the package was removed too. Stop the shop before: running processes go on
    with the plugin.
    """
    tables, plugin = run(assembly, RemovalCommands, lambda parts: _found(parts, name))
    for line in _lines(tables, plugin, keep_tables=keep_tables):
        click.echo(line)
    if dry_run:
        return
    if not yes:
        click.confirm(f"Uninstall {name}?", abort=True)

    async def work(parts: RemovalCommands) -> None:
        await parts.removal.disable(name, parts.now())
        if not keep_tables:
            await parts.removal.drop(name)

    run_audited(assembly, RemovalCommands, work, "uninstall plugin", name)
    click.echo(f"{name} is uninstalled. Remove its package from the environment.")


@click.command("disable")
@click.argument("name")
@pass_assembly
def disable(assembly: Assembly, name: str) -> None:
    """Do not load the plugin NAME any more. Start the shop again afterwards."""

    async def work(parts: RemovalCommands) -> None:
        _refuse_settings(parts)
        _refuse_needed(parts, name)
        await parts.removal.disable(name, parts.now())

    run_audited(assembly, RemovalCommands, work, "disable plugin", name)
    click.echo(f"{name} is switched off. Start the shop again.")


@click.command("enable")
@click.argument("name")
@pass_assembly
def enable(assembly: Assembly, name: str) -> None:
    """Load the plugin NAME again. Start the shop again afterwards."""

    async def work(parts: RemovalCommands) -> bool:
        _refuse_settings(parts)
        return await parts.removal.enable(name)

    if not run_audited(assembly, RemovalCommands, work, "enable plugin", name):
        raise click.ClickException(f"{name} is not switched off.")
    click.echo(f"{name} is switched on. Start the shop again.")


@click.command("check")
@click.option("--api", default="1.0", show_default=True, help="A version of the plugin API.")
@pass_assembly
def check(assembly: Assembly, api: str) -> None:
    """Say which plugins a shop with another version would refuse. Exits with 1 if there are any."""

    async def work(parts: RemovalCommands) -> Sequence[tuple[str, str]]:
        return list(parts.installed.refused_by(api).items())

    try:
        refused = run(assembly, RemovalCommands, work)
    except ValueError as error:
        raise click.UsageError(f"“{api}” is no version.") from error
    for name, reason in refused:
        click.echo(f"{name}: {reason}")
    if refused:
        raise click.exceptions.Exit(1)
    click.echo(f"All plugins support plugin API {api}.")


async def _found(
    parts: RemovalCommands, name: str
) -> tuple[Sequence[TableRows], InstalledPlugin | None]:
    plugin = next((each for each in parts.installed.list() if each.name == name), None)
    tables = await parts.removal.tables(name)
    if plugin is None and not tables:
        raise click.ClickException(f"There is no plugin “{name}”, and no table of it.")
    _refuse_needed(parts, name)
    return tables, plugin


def _lines(
    tables: Sequence[TableRows], plugin: InstalledPlugin | None, *, keep_tables: bool
) -> Sequence[str]:
    what = "stays" if keep_tables else "is deleted"
    lines = [f"{each.table} with {each.rows} rows {what}" for each in tables]
    if not tables:
        lines.append("The plugin has no tables.")
    if plugin is not None and plugin.uninstall:
        lines.append(plugin.uninstall)
    return lines


def _refuse_needed(parts: RemovalCommands, name: str) -> None:
    for each in parts.installed.list():
        if each.name == name and each.required:
            raise click.ClickException(
                f"ENTREPOT_PLUGINS_REQUIRED names {name}: without it the shop does not start."
            )
        if name in each.requires:
            raise click.ClickException(
                f"{each.name} requires {name}: switch {each.name} off first."
            )


def _refuse_settings(parts: RemovalCommands) -> None:
    if parts.installed.decided_by_settings:
        raise click.ClickException(
            "ENTREPOT_PLUGINS_DISABLED is set, and decides alone: change it there."
        )


commands = (uninstall, disable, enable, check)
