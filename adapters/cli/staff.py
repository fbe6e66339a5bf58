"""`entrepot staff`: add staff of the back office."""

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
    """Add staff of the back office."""


@staff.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The display name.")
@click.option(
    "--role",
    type=click.Choice([str(each) for each in Role]),
    default=str(Role.MANAGER),
    show_default=True,
    help="A clerk cannot see privacy requests; an auditor can only see evidence.",
)
@click.password_option(
    help="At least 8 characters. The command asks for it if the option is missing."
)
@pass_assembly
def add(assembly: Assembly, login: str, name: str, role: str, password: str) -> None:
    """Add a staff member with the email address LOGIN."""

    async def work(parts: StaffCommands) -> None:
        await parts.add_staff(normal_contact(login), password, name, Role(role))

    try:
        run(assembly, StaffCommands, work)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{login} can log in now.")
