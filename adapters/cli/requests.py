"""`entrepot privacy`: the list of requests, data exports, and legal holds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from adapters.cli.output import json_option
from adapters.cli.person import applicant_of, fail_if_incomplete, relative_option, verified_option
from adapters.cli.shop import Assembly, pass_assembly, run_prepared
from adapters.contacts.subjects import subject_named
from core.application.privacy.requests import OpenRequest
from core.application.privacy.responses import AnswerAccess
from core.domain.privacy.free_text import check_free_text
from core.domain.privacy.request import PrivacyRequest, RequestKind
from ports.clock import Clock
from ports.privacy.requests import PrivacyUnitsOfWork

SHOWN = 100


@dataclass(frozen=True, slots=True)
class RequestCommands:
    units: PrivacyUnitsOfWork
    open_request: OpenRequest
    answer_access: AnswerAccess
    now: Clock


@click.command("export")
@click.argument("person")
@click.option(
    "--kind", type=click.Choice(["access", "portability"]), default="access", show_default=True
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder for the bundle.",
)
@relative_option
@verified_option
@pass_assembly
def export(
    assembly: Assembly, person: str, kind: str, folder: Path, relative: bool, verified_by: str
) -> None:
    """Write all personal data of PERSON into a signed bundle.

    Exits with 1 if a personal-data provider failed; the bundle lists the failed providers.
    """

    async def work(parts: RequestCommands) -> tuple[Path, tuple[str, ...]]:
        request = await parts.open_request(
            RequestKind(kind), subject_named(person), verified_by, applicant=applicant_of(relative)
        )
        return await parts.answer_access(request, folder)

    path, failures = run_prepared(assembly, RequestCommands, work)
    click.echo(str(path))
    fail_if_incomplete(failures)


@click.command("requests")
@json_option
@pass_assembly
def requests(assembly: Assembly, as_json: bool) -> None:
    """List requests by due date. Exits with 1 if a request is overdue."""

    async def work(parts: RequestCommands) -> tuple[Sequence[PrivacyRequest], datetime]:
        async with parts.units() as unit:
            return await unit.privacy.list(SHOWN), parts.now()

    rows, now = run_prepared(assembly, RequestCommands, work)
    overdue = [each for each in rows if not each.is_closed and each.due_at < now]
    if as_json:
        click.echo(json.dumps([_document(each) for each in rows]))
    else:
        table = Table("Number", "Kind", "State", "Due", "Article", "Missing", box=None)
        for each in rows:
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
@click.option(
    "--reason", default="", help="The reason for the hold, such as a court's file number."
)
@click.option("--release", is_flag=True, help="Release the hold.")
@click.option("--by", required=True, help="The name of the person who decides.")
@pass_assembly
def hold(assembly: Assembly, customer: UUID, reason: str, release: bool, by: str) -> None:
    """Place or release a legal hold, which stops erasures of CUSTOMER's data."""
    if bool(reason) == release:
        raise click.UsageError("Give either --reason or --release.")

    async def work(parts: RequestCommands) -> None:
        check_free_text("by", by)
        if not release:
            check_free_text("reason", reason)
        async with parts.units() as unit:
            if release:
                await unit.privacy.release_legal_hold(customer)
            else:
                await unit.privacy.place_legal_hold(customer, reason, by, parts.now())
            await unit.commit()

    run_prepared(assembly, RequestCommands, work)
    click.echo("Released." if release else "Held.")


def _document(request: PrivacyRequest) -> dict[str, object]:
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


commands = [export, requests, hold]
