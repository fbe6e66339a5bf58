"""`entrepot privacy`: what people ask about their data."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from adapters.cli import corrections, erasures, requests
from adapters.cli.notice import notice_of
from adapters.cli.shop import Assembly, pass_assembly, run_prepared
from core.application.audit.staff_actions import RecordStaffAction
from core.application.privacy.consents import ListAudience
from core.application.privacy.processing_record import ProcessingRecord
from core.application.privacy.retention import EndRetention
from ports.privacy.processing import ForgetDataProvider


@dataclass(frozen=True, slots=True)
class PrivacyCommands:
    processing: ProcessingRecord
    record_staff_action: RecordStaffAction
    list_audience: ListAudience
    end_retention: EndRetention
    forget_data_provider: ForgetDataProvider


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

    async def work(parts: PrivacyCommands) -> Sequence[str]:
        if form == "json":
            click.echo(json.dumps(parts.processing.document(), ensure_ascii=False, indent=1))
        elif form == "html":
            record = parts.processing
            click.echo(notice_of(record.policy, record.inventory, language, record.recipients.all))
        return await parts.processing.problems()

    problems = run_prepared(assembly, PrivacyCommands, work)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(1)
    if form == "check":
        click.echo("Every column is in the inventory.")


@privacy.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The shop's public key, as `entrepot keys public` prints it.",
)
@pass_assembly
def verify(assembly: Assembly, file: Path, key: Path) -> None:
    """Check a bundle without the shop. Exits with 1 and names every file that is wrong."""
    try:
        problems = assembly.verify_bundle(file, key)
    except ValueError as error:
        raise click.ClickException(f"{key}: {error}") from error
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

    async def work(parts: PrivacyCommands) -> None:
        await parts.record_staff_action("command line", "audience", purpose)
        async for login in parts.list_audience(purpose):
            click.echo(login)

    run_prepared(assembly, PrivacyCommands, work)


@privacy.command("retention")
@pass_assembly
def retention(assembly: Assembly) -> None:
    """Destroy what was retained for a time that is over. The worker does so every hour."""

    async def work(parts: PrivacyCommands) -> int:
        ended, count = 0, -1
        while count:
            count = await parts.end_retention()
            ended += count
        return ended

    click.echo(f"{run_prepared(assembly, PrivacyCommands, work)} records were destroyed.")


@privacy.command("forget-plugin")
@click.argument("code")
@pass_assembly
def forget_plugin(assembly: Assembly, code: str) -> None:
    """Say that nothing is left of what a removed plugin kept about people."""

    async def work(parts: PrivacyCommands) -> bool:
        return await parts.forget_data_provider(code)

    if not run_prepared(assembly, PrivacyCommands, work):
        raise click.ClickException(f"Nobody called “{code}” keeps records.")
    click.echo(f"{code} is not asked any more.")


for command in (*requests.commands, *erasures.commands, *corrections.commands):
    privacy.add_command(command)
