"""The source of a plugin with commands of every kind."""

NAME = "acme"
SOURCE = '''
import asyncio
import click
from entrepot import Capability, Invalid, Manifest, Unavailable, hookimpl

manifest = Manifest(
    name="acme", version="2", api=">=1,<2",
    capabilities=frozenset({Capability.COMMANDS, Capability.ORDERS_READ}),
)
KEPT = []


@click.command()
@click.option("--times", default=1, help="How often.")
def greet(times):
    """Greet."""
    click.echo("hello " * times)


@click.command()
@click.argument("how")
async def act(how):
    """Do something, in the way HOW."""
    await asyncio.sleep(0)
    if how == "raises":
        raise ZeroDivisionError("no")
    if how == "refuses":
        raise Invalid("how", "This is not valid.")
    if how == "is down":
        raise Unavailable
    if how == "exits":
        raise click.exceptions.Exit(7)
    click.echo(f"acted: {how}")


@click.command()
@click.argument("number")
async def order(number):
    """Show the order NUMBER."""
    found = await KEPT[-1].shop.orders.by_number(number)
    click.echo(f"{len(found.lines)} lines")


@click.group()
def stock():
    """Stock."""
    click.echo("stock:")


@stock.command()
async def count():
    """Count."""
    click.echo("counted")


@hookimpl
def entrepot_commands(context):
    KEPT.append(context)
    return [greet, act, order, stock]
'''
