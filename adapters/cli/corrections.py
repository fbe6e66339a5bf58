"""`entrepot privacy`: rectification, restriction, objection, and log-in verification."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import click

from adapters.cli.person import applicant_of, fail_if_incomplete, relative_option, verified_option
from adapters.cli.shop import Assembly, pass_assembly, run_prepared
from adapters.contacts.normalisation import normal_contact
from adapters.contacts.subjects import subject_named
from core.application.audit.staff_actions import COMMAND_LINE, RecordStaffAction
from core.application.privacy.data_providers import DataProviders
from core.application.privacy.requests import OpenRequest
from core.application.privacy.responses import CarryOutRequest, LiftRestriction
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import Channel
from core.domain.privacy.free_text import check_free_text
from core.domain.privacy.request import PrivacyRequest, RequestKind
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True)
class CorrectionCommands:
    units: UnitsOfWork
    data_providers: DataProviders
    open_request: OpenRequest
    carry_out_request: CarryOutRequest
    lift_restriction: LiftRestriction
    record_staff_action: RecordStaffAction


@click.command("correct")
@click.argument("person")
@click.option("--name", default="", help="The correct name.")
@click.option("--login", default="", help="The correct email address or mobile number.")
@relative_option
@verified_option
@pass_assembly
def correct(
    assembly: Assembly, person: str, name: str, login: str, relative: bool, verified_by: str
) -> None:
    """Correct the name or the log-in of PERSON."""
    corrections = {"name": name, "login": normal_contact(login) if login else ""}
    if not any(corrections.values()):
        raise click.UsageError("Give the correct value: --name or --login.")
    given = {field: value for field, value in corrections.items() if value}
    _carry_out(assembly, RequestKind.RECTIFICATION, person, verified_by, relative, given)


@click.command("restrict")
@click.argument("person")
@click.option("--lift", is_flag=True, help="End the restriction. Inform the person before.")
@relative_option
@verified_option
@pass_assembly
def restrict(assembly: Assembly, person: str, lift: bool, relative: bool, verified_by: str) -> None:
    """Restrict the data of PERSON: it is stored, and used only for their orders."""
    if not lift:
        _carry_out(assembly, RequestKind.RESTRICTION, person, verified_by, relative)
        return

    async def work(parts: CorrectionCommands) -> tuple[str, ...]:
        subject, failures = await parts.data_providers.resolve(subject_named(person))
        for each in sorted(subject.customers):
            failures += await parts.lift_restriction(CustomerId(each))
        return failures

    fail_if_incomplete(run_prepared(assembly, CorrectionCommands, work))
    click.echo("The restriction is lifted.")


@click.command("object")
@click.argument("person")
@relative_option
@verified_option
@pass_assembly
def object_(assembly: Assembly, person: str, relative: bool, verified_by: str) -> None:
    """Record an objection of PERSON: no recommendations, no marketing, no statistics."""
    _carry_out(assembly, RequestKind.OBJECTION, person, verified_by, relative)


@click.command("verify-login")
@click.argument("customer", type=click.UUID)
@verified_option
@pass_assembly
def verify_email(assembly: Assembly, customer: UUID, verified_by: str) -> None:
    """Record that CUSTOMER owns their log-in, for example after a call to the mobile number."""

    async def work(parts: CorrectionCommands) -> None:
        check_free_text("verified_by", verified_by)
        await parts.record_staff_action(COMMAND_LINE, "verify log-in", f"{customer} {verified_by}")
        async with parts.units() as unit:
            member = await unit.customers.get(CustomerId(customer))
            member.login_verified = True
            await unit.customers.save(member)
            await unit.commit()

    run_prepared(assembly, CorrectionCommands, work)
    click.echo("The log-in is verified.")


def _carry_out(
    assembly: Assembly,
    kind: RequestKind,
    person: str,
    verified_by: str,
    relative: bool,
    corrections: Mapping[str, str] | None = None,
) -> None:
    async def work(parts: CorrectionCommands) -> PrivacyRequest:
        request = await parts.open_request(
            kind,
            subject_named(person),
            verified_by,
            applicant=applicant_of(relative),
            corrections=corrections,
        )
        return await parts.carry_out_request(request, Channel.OPERATOR)

    request = run_prepared(assembly, CorrectionCommands, work)
    click.echo(f"Request {request.number} is {request.state}.")
    fail_if_incomplete(request.failures)


commands = [correct, restrict, object_, verify_email]
