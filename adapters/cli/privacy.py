"""`entrepot privacy`: what people ask about their data."""

import json
from pathlib import Path
from typing import Any

import click

from adapters.bundles.verification import verify as verify_bundle
from adapters.cli.notice import notice_of
from adapters.cli.requests import commands
from adapters.cli.shop import Assembly, check_with, pass_assembly, run_prepared
from adapters.database.inspection import columns_of
from core.application.privacy.processing import document_of, problems_of
from core.domain.privacy.inventory import Field, Store


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
        known: list[Field | Store] = shop.keepers().inventory()
        recipients = shop.recipients().all
        if form == "json":
            document = document_of(shop.policy(), known, recipients)
            click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        elif form == "html":
            click.echo(notice_of(shop.policy(), known, language, recipients))
        return problems_of(shop.policy(), known, await columns_of(shop.database()))

    problems = run_prepared(assembly, work)
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
def verify(file: Path, key: Path) -> None:
    """Check a bundle without the shop. Exits with 1 and names every file that is wrong."""
    problems = verify_bundle(file, check_with(key))
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
        await shop.record_act()("command line", "audience", purpose)
        async for login in shop.list_audience()(purpose):
            click.echo(login)

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


for command in commands:
    privacy.add_command(command)
