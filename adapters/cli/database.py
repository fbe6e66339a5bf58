"""`entrepot db`: upgrade and check the database schema."""

from collections.abc import Sequence
from dataclasses import dataclass

import click

from adapters.cli.output import fail_with
from adapters.cli.shop import Assembly, pass_assembly, run
from ports.plugins import PluginSchema, PluginSchemas
from ports.schema import Schema


@dataclass(frozen=True, slots=True)
class DatabaseCommands:
    schema: Schema
    plugin_schemas: PluginSchemas


@click.group()
def db() -> None:
    """Upgrade and check the database."""


@db.command("upgrade")
@pass_assembly
def upgrade_command(assembly: Assembly) -> None:
    """Upgrade the database to the schema of this version, and the tables of plugins.

    Safe to repeat. Each plugin is upgraded apart. Exits with 1 and names the plugin and its
    revision if one fails; the others are upgraded.
    """

    async def work(parts: DatabaseCommands) -> tuple[bool, Sequence[PluginSchema]]:
        changed = await parts.schema.upgrade()
        return changed, await parts.plugin_schemas.upgrade()

    changed, plugins = run(assembly, DatabaseCommands, work)
    click.echo("The database was upgraded." if changed else "The database is up to date.")
    _report(plugins)


@db.command("check")
@pass_assembly
def check_command(assembly: Assembly) -> None:
    """Check the schema, and the tables of each plugin. Exits with 1 if an upgrade is needed."""

    async def work(parts: DatabaseCommands) -> tuple[bool, Sequence[PluginSchema]]:
        if not await parts.schema.is_current():
            return False, ()
        return True, await parts.plugin_schemas.check()

    is_current, plugins = run(assembly, DatabaseCommands, work)
    if not is_current:
        raise click.ClickException("The database needs `entrepot db upgrade`.")
    click.echo("The database is up to date.")
    _report(plugins)


def _report(plugins: Sequence[PluginSchema]) -> None:
    """One line for each plugin with tables. Exits with 1 if one has a problem."""
    for each in plugins:
        if not each.problem:
            state = "was upgraded to" if each.changed else "has"
            click.echo(f"{each.plugin} {state} the revision {each.revision}.")
    fail_with(f"{each.plugin}: {each.problem}" for each in plugins if each.problem)
