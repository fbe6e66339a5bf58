"""`entrepot db`: the database's schema."""

from typing import Any

import click

from adapters.cli.shop import Assembly, pass_assembly, run
from adapters.database.migration import is_current, upgrade
from adapters.database.stock import ensure_location


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
@pass_assembly
def upgrade_command(assembly: Assembly) -> None:
    """Bring the database to the schema that this version needs. Safe to repeat."""

    async def work(shop: Any) -> bool:
        return await prepare(shop)

    changed = run(assembly, work)
    click.echo("The database was upgraded." if changed else "The database is up to date.")


@db.command("check")
@pass_assembly
def check_command(assembly: Assembly) -> None:
    """Exit with 1 if the database needs an upgrade."""

    async def work(shop: Any) -> bool:
        return await is_current(shop.database())

    if not run(assembly, work):
        raise click.ClickException("The database needs `entrepot db upgrade`.")
    click.echo("The database is up to date.")


async def prepare(shop: Any) -> bool:
    """Migrate, and have the location that stock is counted at."""
    database = shop.database()
    await shop.vault().prepare()
    changed = await upgrade(database)
    async with database.writes.begin() as connection:
        await ensure_location(
            connection,
            shop.location(),
            {"zh": "主仓", "en": "Main warehouse"},
        )
    return changed
