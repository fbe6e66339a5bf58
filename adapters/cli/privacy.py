"""`entrepot privacy`: inventory, bundles, consents, retention, and privacy requests."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from adapters.cli import corrections, erasures, requests
from adapters.cli.notice import notice_of
from adapters.cli.output import fail_with
from adapters.cli.shop import Assembly, pass_assembly, run_prepared
from core.application.audit.staff_actions import COMMAND_LINE, RecordStaffAction
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
    """Answer privacy requests.

    PERSON is an email address, a mobile number, or a customer id.
    """


@privacy.command("inventory")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "html", "check"]),
    default="check",
    show_default=True,
    help="The record of processing (json), the privacy notice (html), or a check only.",
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@pass_assembly
def inventory(assembly: Assembly, form: str, language: str) -> None:
    """Show the personal data of the shop: place, purpose and retention.

    Exits with 1 if a column is not in the inventory.
    """

    async def work(parts: PrivacyCommands) -> Sequence[str]:
        if form == "json":
            click.echo(json.dumps(parts.processing.document(), ensure_ascii=False, indent=1))
        elif form == "html":
            record = parts.processing
            click.echo(notice_of(record.policy, record.inventory, language, record.recipients.all))
        return await parts.processing.problems()

    fail_with(run_prepared(assembly, PrivacyCommands, work))
    if form == "check":
        click.echo("Every column is in the inventory.")


@privacy.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the output of `entrepot keys public`.",
)
@pass_assembly
def verify(assembly: Assembly, file: Path, key: Path) -> None:
    """Check a bundle; the database is not needed. Exits with 1 and names every wrong file."""
    try:
        problems = assembly.verify_bundle(file, key)
    except ValueError as error:
        raise click.ClickException(f"{key}: {error}") from error
    fail_with(problems)
    click.echo(f"{file.name}: the signature is valid.")


@privacy.command("audience")
@click.argument("purpose")
@pass_assembly
def audience(assembly: Assembly, purpose: str) -> None:
    """Print the log-ins of all members who agree to PURPOSE (such as marketing), one per line."""

    async def work(parts: PrivacyCommands) -> None:
        await parts.record_staff_action(COMMAND_LINE, "audience", purpose)
        async for login in parts.list_audience(purpose):
            click.echo(login)

    run_prepared(assembly, PrivacyCommands, work)


@privacy.command("retention")
@pass_assembly
def retention(assembly: Assembly) -> None:
    """Destroy records whose retention period has ended. The worker does this every hour."""

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
    """Confirm that the removed plugin CODE stores no personal data any more."""

    async def work(parts: PrivacyCommands) -> bool:
        return await parts.forget_data_provider(code)

    if not run_prepared(assembly, PrivacyCommands, work):
        raise click.ClickException(f"There is no personal-data provider “{code}”.")
    click.echo(f"{code} is no longer a personal-data provider.")


for command in (*requests.commands, *erasures.commands, *corrections.commands):
    privacy.add_command(command)
