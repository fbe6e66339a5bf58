"""`entrepot staff`: who may enter the back office."""

from dataclasses import dataclass

import click

from adapters.cli.shop import Assembly, pass_assembly, run
from adapters.contacts.normalisation import normal_contact
from core.application.staff import AddStaff
from core.domain.errors import DomainError
from core.domain.staff import Role


@dataclass(frozen=True, slots=True)
class StaffCommands:
    add_staff: AddStaff


@click.group()
def staff() -> None:
    """Look after who may enter the back office."""


@staff.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The name that is shown.")
@click.option(
    "--role",
    type=click.Choice([str(each) for each in Role]),
    default=str(Role.MANAGER),
    show_default=True,
    help="A clerk does not see requests about data; an auditor sees evidence alone.",
)
@click.password_option(help="At least 8 characters; asked for if it is left out.")
@pass_assembly
def add(assembly: Assembly, login: str, name: str, role: str, password: str) -> None:
    """Let LOGIN, an e-mail address, into the back office."""

    async def work(parts: StaffCommands) -> None:
        await parts.add_staff(normal_contact(login), password, name, Role(role))

    try:
        run(assembly, StaffCommands, work)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{login} may log in now.")
