"""`entrepot privacy`: what people ask about their data, from being asked to being answered."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import msgspec
from rich.console import Console
from rich.table import Table

from adapters.cli.shop import Assembly, pass_assembly, run_prepared
from adapters.contacts.normalisation import normal_contact
from adapters.contacts.subjects import subject_named
from core.domain.identifiers import CustomerId
from core.domain.privacy.consent import Channel
from core.domain.privacy.evidence import check_words
from core.domain.privacy.records import Decision
from core.domain.privacy.request import Applicant, PrivacyRequest, RequestKind, RequestState

SHOWN = 100

json_option = click.option("--json", "as_json", is_flag=True, help="For a program to read.")
verified_option = click.option(
    "--verified-by", required=True, help="How it was checked that it is them, in a few words."
)
relative_option = click.option(
    "--relative", is_flag=True, help="A close relative asks, of somebody who has died."
)


@click.command("export")
@click.argument("person")
@click.option(
    "--kind", type=click.Choice(["access", "portability"]), default="access", show_default=True
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where the bundle is written.",
)
@relative_option
@verified_option
@pass_assembly
def export(
    assembly: Assembly, person: str, kind: str, folder: Path, relative: bool, verified_by: str
) -> None:
    """Write everything that is known of PERSON into a signed bundle.

    Exits with 1 if somebody who keeps records did not answer: the bundle names them.
    """

    async def work(shop: Any) -> tuple[Path, tuple[str, ...]]:
        request = await shop.open_request()(
            RequestKind(kind), subject_named(person), verified_by, applicant=_applicant(relative)
        )
        return await shop.answer_access()(request, folder)  # type: ignore[no-any-return]

    path, failures = run_prepared(assembly, work)
    click.echo(str(path))
    _complain(failures)


@click.command("plan")
@click.argument("person")
@json_option
@pass_assembly
def plan(assembly: Assembly, person: str, as_json: bool) -> None:
    """Say what erasing PERSON would do to each record, and change nothing."""

    async def work(shop: Any) -> tuple[Sequence[tuple[str, Decision]], tuple[str, ...]]:
        return await shop.preview_erasure()(subject_named(person))  # type: ignore[no-any-return]

    decisions, failures = run_prepared(assembly, work)
    if as_json:
        told = [{"keeper": code, **msgspec.to_builtins(each)} for code, each in decisions]
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        table = Table("Keeper", "Record", "Outcome", "Fields", "Reason", "Until", box=None)
        for code, each in decisions:
            until = f"{each.until:%Y-%m-%d}" if each.until else ""
            reason = f"{each.reason} ({each.article})" if each.article else each.reason
            table.add_row(code, each.reference, each.outcome, ", ".join(each.fields), reason, until)
        Console(width=200).print(table)
    _complain(failures)


@click.command("erase")
@click.argument("person")
@click.option("--plan", "plan_hash", default="", help="The hash of the plan that was approved.")
@click.option("--approved-by", default="", help="Who looked at the plan.")
@relative_option
@verified_option
@pass_assembly
def erase(
    assembly: Assembly,
    person: str,
    plan_hash: str,
    approved_by: str,
    relative: bool,
    verified_by: str,
) -> None:
    """Erase PERSON: first without --plan, to make one; then with it, to carry it out.

    Exits with 1 while it is not completed: because a plan waits for approval, something holds
    it, somebody who keeps records did not answer, or something is left. Repeat it to go on.
    """

    async def work(shop: Any) -> PrivacyRequest:
        subject = subject_named(person)
        request: PrivacyRequest = await shop.open_request()(
            RequestKind.ERASURE, subject, verified_by, applicant=_applicant(relative)
        )
        if not plan_hash:
            return await shop.plan_erasure()(request.number)  # type: ignore[no-any-return]
        if request.state is RequestState.PLANNED:
            if not approved_by:
                raise click.UsageError("Say who approved the plan: --approved-by NAME.")
            check_words("approved_by", approved_by)
            await shop.approve_erasure()(request.number, plan_hash, approved_by)
        return await shop.execute_erasure()(request.number, plan_hash)  # type: ignore[no-any-return]

    request = run_prepared(assembly, work)
    if request.state is RequestState.COMPLETED:
        click.echo(json.dumps({"salt": request.salt, **(request.certificate or {})}, indent=1))
        return
    click.echo(f"Request {request.number} is {request.state}, due {request.due_at:%Y-%m-%d}.")
    if request.state is RequestState.PLANNED:
        click.echo(f"Plan {request.plan_hash}")
    if request.reason:
        click.echo(f"Held: {request.reason}", err=True)
    _complain(request.failures)
    raise click.exceptions.Exit(1)


@click.command("requests")
@json_option
@pass_assembly
def requests(assembly: Assembly, as_json: bool) -> None:
    """List requests, the most urgent first. Exits with 1 if one is overdue."""

    async def work(shop: Any) -> tuple[tuple[PrivacyRequest, ...], Any]:
        async with shop.units()() as unit:
            return await unit.privacy.list(SHOWN), shop.now()()

    found, now = run_prepared(assembly, work)
    overdue = [each for each in found if not each.is_over and each.due_at < now]
    if as_json:
        click.echo(json.dumps([_told(each) for each in found]))
    else:
        table = Table("Number", "Kind", "State", "Due", "Article", "Missing", box=None)
        for each in found:
            late = " OVERDUE" if each in overdue else ""
            table.add_row(
                each.number,
                each.kind,
                each.state,
                f"{each.due_at:%Y-%m-%d}{late}",
                each.article,
                ", ".join(each.failures),
            )
        Console(width=160).print(table)
    if overdue:
        raise click.exceptions.Exit(1)


@click.command("hold")
@click.argument("customer", type=click.UUID)
@click.option("--reason", default="", help="Why the data must stay, such as a court's file number.")
@click.option("--release", is_flag=True, help="The data need not stay any longer.")
@click.option("--by", required=True, help="Who says so.")
@pass_assembly
def hold(assembly: Assembly, customer: UUID, reason: str, release: bool, by: str) -> None:
    """Stop erasures of a CUSTOMER's data, or let them go on."""
    if bool(reason) == release:
        raise click.UsageError("Give either --reason or --release.")

    async def work(shop: Any) -> None:
        check_words("by", by)
        if not release:
            check_words("reason", reason)
        async with shop.units()() as unit:
            if release:
                await unit.privacy.release_hold(customer)
            else:
                await unit.privacy.hold(customer, reason, by, shop.now()())
            await unit.commit()

    run_prepared(assembly, work)
    click.echo("Released." if release else "Held.")


@click.command("correct")
@click.argument("person")
@click.option("--name", default="", help="The right name.")
@click.option("--login", default="", help="The right e-mail address or mobile number.")
@relative_option
@verified_option
@pass_assembly
def correct(
    assembly: Assembly, person: str, name: str, login: str, relative: bool, verified_by: str
) -> None:
    """Put the name or the log-in of PERSON right."""
    corrections = {"name": name, "login": normal_contact(login) if login else ""}
    if not any(corrections.values()):
        raise click.UsageError("Say what is right: --name or --login.")
    wanted = {field: value for field, value in corrections.items() if value}
    _carry_out(assembly, RequestKind.RECTIFICATION, person, verified_by, relative, wanted)


@click.command("restrict")
@click.argument("person")
@click.option("--lift", is_flag=True, help="Use the data again; the person has been told.")
@relative_option
@verified_option
@pass_assembly
def restrict(assembly: Assembly, person: str, lift: bool, relative: bool, verified_by: str) -> None:
    """Keep the data of PERSON and use it for what they ordered alone."""
    if not lift:
        _carry_out(assembly, RequestKind.RESTRICTION, person, verified_by, relative)
        return

    async def work(shop: Any) -> tuple[str, ...]:
        who, failures = await shop.keepers().resolve(subject_named(person))
        for each in sorted(who.customers):
            failures += await shop.lift_restriction()(CustomerId(each))
        return failures  # type: ignore[no-any-return]

    _complain(run_prepared(assembly, work))
    click.echo("The data is used again.")


@click.command("object")
@click.argument("person")
@relative_option
@verified_option
@pass_assembly
def object_(assembly: Assembly, person: str, relative: bool, verified_by: str) -> None:
    """Write down that PERSON objects: nothing suggested, nothing sent, and not counted."""
    _carry_out(assembly, RequestKind.OBJECTION, person, verified_by, relative)


@click.command("prove")
@click.argument("customer", type=click.UUID)
@verified_option
@pass_assembly
def prove(assembly: Assembly, customer: UUID, verified_by: str) -> None:
    """Write down that a CUSTOMER's log-in is theirs, such as a mobile number that was called."""

    async def work(shop: Any) -> None:
        check_words("verified_by", verified_by)
        await shop.record_act()("command line", "prove log-in", f"{customer} {verified_by}")
        async with shop.units()() as unit:
            member = await unit.customers.get(CustomerId(customer))
            member.login_proven = True
            await unit.customers.save(member)
            await unit.commit()

    run_prepared(assembly, work)
    click.echo("The log-in is theirs.")


def _carry_out(
    assembly: Assembly,
    kind: RequestKind,
    person: str,
    verified_by: str,
    relative: bool,
    corrections: Mapping[str, str] | None = None,
) -> None:
    async def work(shop: Any) -> PrivacyRequest:
        request = await shop.open_request()(
            kind,
            subject_named(person),
            verified_by,
            applicant=_applicant(relative),
            corrections=corrections,
        )
        return await shop.carry_out_wish()(request, Channel.OPERATOR)  # type: ignore[no-any-return]

    request = run_prepared(assembly, work)
    click.echo(f"Request {request.number} is {request.state}.")
    _complain(request.failures)


def _applicant(relative: bool) -> Applicant:
    return Applicant.RELATIVE if relative else Applicant.SELF


def _complain(failures: Sequence[str]) -> None:
    for each in failures:
        click.echo(f"Incomplete: {each}", err=True)
    if failures:
        raise click.exceptions.Exit(1)


def _told(request: PrivacyRequest) -> dict[str, Any]:
    return {
        "number": request.number,
        "kind": str(request.kind),
        "applicant": str(request.applicant),
        "state": str(request.state),
        "received_at": request.received_at.isoformat(),
        "due_at": request.due_at.isoformat(),
        "article": request.article,
        "failures": list(request.failures),
        "certificate": request.certificate,
    }


commands = [export, plan, erase, requests, hold, correct, restrict, object_, prove]
