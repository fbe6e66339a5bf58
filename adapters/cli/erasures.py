"""`entrepot privacy`: plan, approve and execute an erasure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import click
import msgspec
from rich.console import Console
from rich.table import Table

from adapters.cli.output import json_option
from adapters.cli.person import applicant_of, fail_if_incomplete, relative_option, verified_option
from adapters.cli.shop import Assembly, pass_assembly, run_prepared
from adapters.contacts.subjects import subject_named
from core.application.privacy.erasure import ExecuteErasure
from core.application.privacy.planning import ApproveErasure, PlanErasure, PreviewErasure
from core.application.privacy.requests import OpenRequest
from core.domain.privacy.free_text import check_free_text
from core.domain.privacy.records import Decision
from core.domain.privacy.request import PrivacyRequest, RequestKind, RequestState

PlannedDecisions = Sequence[tuple[str, Decision]]


@dataclass(frozen=True, slots=True)
class ErasureCommands:
    preview: PreviewErasure
    open_request: OpenRequest
    plan: PlanErasure
    approve: ApproveErasure
    execute: ExecuteErasure


@click.command("plan")
@click.argument("person")
@json_option
@pass_assembly
def plan(assembly: Assembly, person: str, as_json: bool) -> None:
    """Show the outcome of an erasure of PERSON for each record. Changes nothing."""

    async def work(parts: ErasureCommands) -> tuple[PlannedDecisions, tuple[str, ...]]:
        return await parts.preview(subject_named(person))

    decisions, failures = run_prepared(assembly, ErasureCommands, work)
    if as_json:
        rows = [{"data_provider": code, **msgspec.to_builtins(each)} for code, each in decisions]
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        table = Table("Provider", "Record", "Outcome", "Fields", "Reason", "Until", box=None)
        for code, each in decisions:
            until = f"{each.until:%Y-%m-%d}" if each.until else ""
            reason = f"{each.reason} ({each.article})" if each.article else each.reason
            table.add_row(code, each.reference, each.outcome, ", ".join(each.fields), reason, until)
        Console(width=200).print(table)
    fail_if_incomplete(failures)


@click.command("erase")
@click.argument("person")
@click.option("--plan", "plan_hash", default="", help="The hash of the approved plan.")
@click.option("--approved-by", default="", help="The name of the person who approved the plan.")
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
    """Erase PERSON. Call it without --plan to make a plan, then with --plan to execute it.

    Exits with 1 if the erasure is not completed: the plan waits for approval, a legal hold
    stops it, a personal-data provider failed, or the verification found data. Repeat the
    command to continue.
    """

    async def work(parts: ErasureCommands) -> PrivacyRequest:
        subject = subject_named(person)
        request = await parts.open_request(
            RequestKind.ERASURE, subject, verified_by, applicant=applicant_of(relative)
        )
        if not plan_hash:
            return await parts.plan(request.number)
        if request.state is RequestState.PLANNED:
            if not approved_by:
                raise click.UsageError("A plan needs an approval: --approved-by NAME.")
            check_free_text("approved_by", approved_by)
            await parts.approve(request.number, plan_hash, approved_by)
        return await parts.execute(request.number, plan_hash)

    request = run_prepared(assembly, ErasureCommands, work)
    if request.state is RequestState.COMPLETED:
        click.echo(json.dumps({"salt": request.salt, **(request.certificate or {})}, indent=1))
        return
    click.echo(f"Request {request.number} is {request.state}, due {request.due_at:%Y-%m-%d}.")
    if request.state is RequestState.PLANNED:
        click.echo(f"Plan {request.plan_hash}")
    if request.reason:
        click.echo(f"Held: {request.reason}", err=True)
    fail_if_incomplete(request.failures)
    raise click.exceptions.Exit(1)


commands = [plan, erase]
