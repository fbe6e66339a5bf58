"""`entrepot db`: upgrade and check the database schema."""

from dataclasses import dataclass

import click

from adapters.cli.shop import Assembly, pass_assembly, run
from ports.schema import Schema


@dataclass(frozen=True, slots=True)
class DatabaseCommands:
    schema: Schema


@click.group()
def db() -> None:
    """Upgrade and check the database."""


@db.command("upgrade")
@pass_assembly
def upgrade_command(assembly: Assembly) -> None:
    """Upgrade the database to the schema of this version. Safe to repeat."""

    async def work(parts: DatabaseCommands) -> bool:
        return await parts.schema.upgrade()

    changed = run(assembly, DatabaseCommands, work)
    click.echo("The database was upgraded." if changed else "The database is up to date.")


@db.command("check")
@pass_assembly
def check_command(assembly: Assembly) -> None:
    """Check the schema. Exits with 1 if the database needs an upgrade."""

    async def work(parts: DatabaseCommands) -> bool:
        return await parts.schema.is_current()

    if not run(assembly, DatabaseCommands, work):
        raise click.ClickException("The database needs `entrepot db upgrade`.")
    click.echo("The database is up to date.")
