"""`entrepot staff` and `entrepot recommend`."""

from typing import Any

import click

from adapters.cli.shop import Assembly, pass_assembly, run
from adapters.contacts.normalisation import normal_contact
from core.domain.customer import Duty
from core.domain.errors import DomainError


@click.group()
def staff() -> None:
    """Look after who may enter the back office."""


@staff.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The name that is shown.")
@click.option(
    "--duty",
    type=click.Choice([str(each) for each in Duty]),
    default=str(Duty.MANAGER),
    show_default=True,
    help="A clerk does not see requests about data; an auditor sees evidence alone.",
)
@click.password_option(help="At least 8 characters; asked for if it is left out.")
@pass_assembly
def add(assembly: Assembly, login: str, name: str, duty: str, password: str) -> None:
    """Let LOGIN, an e-mail address, into the back office."""

    async def work(shop: Any) -> None:
        await shop.hire_staff()(normal_contact(login), password, name, Duty(duty))

    try:
        run(assembly, work)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{login} may log in now.")


@click.group()
def recommend() -> None:
    """Look after recommendations."""


@recommend.command("rebuild")
@pass_assembly
def rebuild(assembly: Assembly) -> None:
    """Learn again from all paid orders."""

    async def work(shop: Any) -> None:
        await shop.recommender().rebuild(shop.purchases())

    run(assembly, work)
    click.echo("The recommendations were rebuilt.")
