"""`entrepot staff`: who may enter the back office."""

from dataclasses import dataclass

import click

from adapters.cli.shop import Assembly, pass_assembly, run
from adapters.contacts.normalisation import normal_contact
from core.application.members import HireStaff
from core.domain.customer import Duty
from core.domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class StaffCommands:
    hire_staff: HireStaff


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

    async def work(parts: StaffCommands) -> None:
        await parts.hire_staff(normal_contact(login), password, name, Duty(duty))

    try:
        run(assembly, StaffCommands, work)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{login} may log in now.")
