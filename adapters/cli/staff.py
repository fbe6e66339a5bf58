"""`entrepot staff`: add, list and manage staff of the back office."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import click
from rich.console import Console
from rich.table import Table

from adapters.cli.output import json_option
from adapters.cli.shop import Assembly, pass_assembly, run_prepared
from adapters.contacts.normalisation import normal_contact
from core.application.accounts.links import CreateResetLink
from core.application.accounts.second_factors import RemoveSecondFactor
from core.application.accounts.sessions import EndSessions
from core.application.staff import AddStaff, ManageStaff
from core.domain.accounts import Account, AccountKind
from core.domain.errors import NotFound
from core.domain.identifiers import BaseUrl, StaffId
from core.domain.staff import MANAGER, OPERATOR, RoleCode
from core.domain.text import LANGUAGES
from ports.staff import RoleQueries, RoleSummary, StaffQueries, StaffView


@dataclass(frozen=True, slots=True)
class StaffCommands:
    add_staff: AddStaff
    manage_staff: ManageStaff
    staff_queries: StaffQueries
    role_queries: RoleQueries
    end_sessions: EndSessions
    remove_second_factor: RemoveSecondFactor
    create_reset_link: CreateResetLink
    base_url: BaseUrl


Work = Callable[[StaffCommands, StaffId], Awaitable[object]]


@click.group()
def staff() -> None:
    """Add, list and manage staff of the back office."""


@staff.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The display name.")
@click.option(
    "--role",
    default=str(MANAGER),
    show_default=True,
    help="The code of a role; “entrepot staff roles” lists them.",
)
@click.password_option(
    help="At least 8 characters. The command asks for it if the option is missing."
)
@pass_assembly
def add(assembly: Assembly, login: str, name: str, role: str, password: str) -> None:
    """Add a staff member with the email address LOGIN."""

    async def work(parts: StaffCommands) -> None:
        await parts.add_staff(normal_contact(login), password, name, RoleCode(role))

    run_prepared(assembly, StaffCommands, work)
    click.echo(f"{login} can log in now.")


@staff.command("list")
@json_option
@pass_assembly
def list_staff(assembly: Assembly, as_json: bool) -> None:
    """List staff with their roles. Disabled staff come last."""

    async def work(parts: StaffCommands) -> list[StaffView]:
        return list(await parts.staff_queries.list())

    rows = [
        {
            "login": each.login,
            "name": each.name,
            "role": str(each.role),
            "disabled": each.disabled,
            "second_factor": each.second_factor,
        }
        for each in run_prepared(assembly, StaffCommands, work)
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("login", "name", "role", "disabled", "second factor")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)


@staff.command("roles")
@json_option
@pass_assembly
def list_roles(assembly: Assembly, as_json: bool) -> None:
    """List the roles with their permissions, and how many staff members have them."""

    async def work(parts: StaffCommands) -> list[RoleSummary]:
        return list(await parts.role_queries.list())

    summaries = run_prepared(assembly, StaffCommands, work)
    if as_json:
        rows = [
            {
                "code": each.role.code,
                "name": each.role.name.by_language,
                "staff": each.staff,
                "built_in": each.role.built_in,
                "permissions": sorted(each.role.permissions),
            }
            for each in summaries
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("code", "name", "staff", "permissions")
    for each in summaries:
        role = each.role
        name = " / ".join(role.name.by_language.values())
        table.add_row(role.code, name, str(each.staff), ", ".join(sorted(role.permissions)))
    Console().print(table)


@staff.command("disable")
@click.argument("login")
@pass_assembly
def disable(assembly: Assembly, login: str) -> None:
    """Dismiss LOGIN: end all sessions and refuse log-ins. One person who manages staff stays."""

    async def work(parts: StaffCommands, staff_id: StaffId) -> None:
        await parts.manage_staff.disable(staff_id, OPERATOR)

    _change(assembly, login, work)
    click.echo(f"{login} cannot log in any more.")


@staff.command("enable")
@click.argument("login")
@pass_assembly
def enable(assembly: Assembly, login: str) -> None:
    """Let LOGIN log in again."""

    async def work(parts: StaffCommands, staff_id: StaffId) -> None:
        await parts.manage_staff.enable(staff_id, OPERATOR)

    _change(assembly, login, work)
    click.echo(f"{login} can log in now.")


@staff.command("role")
@click.argument("login")
@click.argument("role")
@pass_assembly
def set_role(assembly: Assembly, login: str, role: str) -> None:
    """Give LOGIN the role with the code ROLE, and end all sessions."""

    async def work(parts: StaffCommands, staff_id: StaffId) -> None:
        await parts.manage_staff.set_role(staff_id, RoleCode(role), OPERATOR)

    _change(assembly, login, work)
    click.echo(f"{login} is now: {role}.")


@staff.command("reset-password")
@click.argument("login")
@pass_assembly
def reset_password(assembly: Assembly, login: str) -> None:
    """Print a link with which LOGIN sets a new password. It works once, for one hour."""

    async def work(parts: StaffCommands, staff_id: StaffId) -> str:
        token = await parts.create_reset_link(Account(AccountKind.STAFF, staff_id))
        return f"{parts.base_url}/{LANGUAGES[0]}/reset-password/{token}"

    click.echo(_change(assembly, login, work))


@staff.command("reset-second-factor")
@click.argument("login")
@pass_assembly
def reset_second_factor(assembly: Assembly, login: str) -> None:
    """Turn off the second factor of LOGIN, who lost the app and the recovery codes."""

    async def work(parts: StaffCommands, staff_id: StaffId) -> None:
        account = Account(AccountKind.STAFF, staff_id)
        await parts.remove_second_factor.by_another(account, str(OPERATOR))

    _change(assembly, login, work)
    click.echo(f"{login} has no second factor now.")


@staff.command("end-sessions")
@click.argument("login")
@pass_assembly
def end_sessions(assembly: Assembly, login: str) -> None:
    """End all sessions of LOGIN."""

    async def work(parts: StaffCommands, staff_id: StaffId) -> int:
        return await parts.end_sessions.all(Account(AccountKind.STAFF, staff_id), str(OPERATOR))

    click.echo(f"{_change(assembly, login, work)} sessions ended.")


def _change(assembly: Assembly, login: str, work: Work) -> object:
    """Find the staff member, and do the work. Exits with 1 if there is none."""

    async def found(parts: StaffCommands) -> object:
        staff_id = await parts.staff_queries.find(normal_contact(login))
        if staff_id is None:
            raise NotFound("staff member", login)
        return await work(parts, staff_id)

    return run_prepared(assembly, StaffCommands, found)
