"""`entrepot privacy`: what people ask about their data."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import click
import msgspec
from rich.console import Console
from rich.table import Table

from adapters.cli.shop import Assembly, pass_assembly, run_prepared
from adapters.contact import known_contact
from adapters.database.inspection import columns_of
from adapters.evidence import bundle
from adapters.evidence.signing import read_public_pem
from adapters.privacy.processing import document_of, notice_of, problems_of
from core.domain.privacy.inventory import Field, Store
from core.domain.privacy.records import Decision, Subject
from core.domain.privacy.request import PrivacyRequest, RequestKind, RequestState

SHOWN = 100
Answer = TypeVar("Answer")

json_option = click.option("--json", "as_json", is_flag=True, help="For a program to read.")
verified_option = click.option(
    "--verified-by", required=True, help="How it was checked that it is them, in a few words."
)


@click.group()
def privacy() -> None:
    """Answer what people ask about their data.

    A person is named by an e-mail address, a mobile number, or a customer's id.
    """


@privacy.command("inventory")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "html", "check"]),
    default="check",
    show_default=True,
    help="The record of processing, the privacy notice, or whether nothing is missing.",
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@pass_assembly
def inventory(assembly: Assembly, form: str, language: str) -> None:
    """What is known about people, where, why, and how long. Exits with 1 if a column is missing."""

    async def work(shop: Any) -> list[str]:
        known: list[Field | Store] = [
            each for keeper in shop.keepers().here for each in keeper.inventory()
        ]
        if form == "json":
            click.echo(json.dumps(document_of(shop.policy(), known), ensure_ascii=False, indent=1))
        elif form == "html":
            click.echo(notice_of(shop.policy(), known, language))
        return problems_of(shop.policy(), known, await columns_of(shop.database()))

    problems = run_prepared(assembly, work)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(1)
    if form == "check":
        click.echo("Every column is in the inventory.")


@privacy.command("export")
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
@verified_option
@pass_assembly
def export(assembly: Assembly, person: str, kind: str, folder: Path, verified_by: str) -> None:
    """Write everything that is known of PERSON into a signed bundle.

    Exits with 1 if somebody who keeps records did not answer: the bundle names them.
    """

    async def work(shop: Any) -> tuple[Path, tuple[str, ...]]:
        request = await shop.open_request()(RequestKind(kind), _subject(person), verified_by)
        return await shop.answer_access()(request, folder)  # type: ignore[no-any-return]

    path, failures = run_prepared(assembly, work)
    click.echo(str(path))
    _complain(failures)


@privacy.command("plan")
@click.argument("person")
@json_option
@pass_assembly
def plan(assembly: Assembly, person: str, as_json: bool) -> None:
    """Say what erasing PERSON would do to each record, and change nothing."""

    async def work(shop: Any) -> tuple[Sequence[tuple[str, Decision]], tuple[str, ...]]:
        return await shop.preview_erasure()(_subject(person))  # type: ignore[no-any-return]

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


@privacy.command("erase")
@click.argument("person")
@click.option("--plan", "plan_hash", default="", help="The hash of the plan that was approved.")
@click.option("--approved-by", default="", help="Who looked at the plan.")
@verified_option
@pass_assembly
def erase(
    assembly: Assembly, person: str, plan_hash: str, approved_by: str, verified_by: str
) -> None:
    """Erase PERSON: first without --plan, to make one; then with it, to carry it out.

    Exits with 1 while it is not completed: because a plan waits for approval, something holds
    it, somebody who keeps records did not answer, or something is left. Repeat it to go on.
    """

    async def work(shop: Any) -> PrivacyRequest:
        subject = _subject(person)
        request: PrivacyRequest = await shop.open_request()(
            RequestKind.ERASURE, subject, verified_by
        )
        if not plan_hash:
            return await shop.plan_erasure()(request.number)  # type: ignore[no-any-return]
        if request.state is RequestState.PLANNED:
            if not approved_by:
                raise click.UsageError("Say who approved the plan: --approved-by NAME.")
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


@privacy.command("requests")
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


@privacy.command("hold")
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
        async with shop.units()() as unit:
            if release:
                await unit.privacy.release_hold(customer)
            else:
                await unit.privacy.hold(customer, reason, by, shop.now()())
            await unit.commit()

    run_prepared(assembly, work)
    click.echo("Released." if release else "Held.")


@privacy.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The shop's public key, as `entrepot keys public` prints it.",
)
def verify(file: Path, key: Path) -> None:
    """Check a bundle without the shop. Exits with 1 and names every file that is wrong."""
    try:
        public = read_public_pem(key.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{key}: {error}") from error
    problems = bundle.verify(file, public)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo(f"{file.name} is what the shop signed.")


@privacy.command("audience")
@click.argument("purpose")
@pass_assembly
def audience(assembly: Assembly, purpose: str) -> None:
    """Print the log-in of every member who agrees to PURPOSE, such as marketing, one a line."""

    async def work(shop: Any) -> None:
        async for customer in shop.list_audience()(purpose):
            click.echo(customer.login)

    run_prepared(assembly, work)


@privacy.command("retention")
@pass_assembly
def retention(assembly: Assembly) -> None:
    """Destroy what was retained for a time that is over. The worker does so every hour."""

    async def work(shop: Any) -> int:
        ended, count = 0, -1
        while count:
            count = await shop.end_retention()()
            ended += count
        return ended

    click.echo(f"{run_prepared(assembly, work)} records were destroyed.")


@privacy.command("forget-plugin")
@click.argument("code")
@pass_assembly
def forget_plugin(assembly: Assembly, code: str) -> None:
    """Say that nothing is left of what a removed plugin kept about people."""

    async def work(shop: Any) -> bool:
        return bool(await shop.keeper_register().forget(code))

    if not run_prepared(assembly, work):
        raise click.ClickException(f"Nobody called “{code}” keeps records.")
    click.echo(f"{code} is not asked any more.")


def _subject(person: str) -> Subject:
    try:
        return Subject(customers=frozenset({UUID(person)}))
    except ValueError:
        return Subject(contacts=frozenset({known_contact(person)}))


def _complain(failures: Sequence[str]) -> None:
    for each in failures:
        click.echo(f"Incomplete: {each}", err=True)
    if failures:
        raise click.exceptions.Exit(1)


def _told(request: PrivacyRequest) -> dict[str, Any]:
    return {
        "number": request.number,
        "kind": str(request.kind),
        "state": str(request.state),
        "received_at": request.received_at.isoformat(),
        "due_at": request.due_at.isoformat(),
        "article": request.article,
        "failures": list(request.failures),
        "certificate": request.certificate,
    }
