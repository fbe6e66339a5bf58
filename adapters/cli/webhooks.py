"""`entrepot webhooks`: systems that are told of events."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import click

from adapters.cli.events import check_types
from adapters.cli.shop import Assembly, pass_assembly, run
from core.domain.errors import DomainError
from core.domain.identifiers import BaseUrl
from ports.clock import NewId
from ports.events.webhooks import Webhook, Webhooks, WebhookSecret


@dataclass(frozen=True, slots=True)
class WebhookCommands:
    webhooks: Webhooks
    secret_of: WebhookSecret
    new_id: NewId
    base_url: BaseUrl


@click.group()
def webhooks() -> None:
    """Systems that are told of events over HTTP, as Standard Webhooks defines it."""


@webhooks.command("add")
@click.argument("url")
@click.option("--type", "types", multiple=True, help="A type such as order.paid; repeat it.")
@pass_assembly
def add(assembly: Assembly, url: str, types: tuple[str, ...]) -> None:
    """Tell URL of events, all of them unless types are given. Prints the secret to check with."""
    check_types(types)

    async def work(parts: WebhookCommands) -> Webhook:
        plain = parts.base_url.startswith("http://")
        if not url.startswith(("https://", "http://") if plain else "https://"):
            raise click.UsageError("A webhook needs an https:// address.")
        webhook = Webhook(
            id=parts.new_id(), url=url, kinds=frozenset(types), created_at=datetime.now(UTC)
        )
        try:
            await parts.webhooks.add(webhook)
        except DomainError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"{webhook.id}  {parts.secret_of(webhook.id)}")
        return webhook

    run(assembly, WebhookCommands, work)


@webhooks.command("list")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_assembly
def list_command(assembly: Assembly, as_json: bool) -> None:
    """Who is told, and of what."""

    async def work(parts: WebhookCommands) -> tuple[Webhook, ...]:
        return await parts.webhooks.list()

    rows = [
        {"id": str(each.id), "url": each.url, "types": sorted(each.kinds)}
        for each in run(assembly, WebhookCommands, work)
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['id']}  {row['url']}  {', '.join(row['types']) or 'everything'}")


@webhooks.command("remove")
@click.argument("webhook_id", type=click.UUID)
@pass_assembly
def remove(assembly: Assembly, webhook_id: UUID) -> None:
    """Tell it no more."""

    async def work(parts: WebhookCommands) -> bool:
        return await parts.webhooks.remove(webhook_id)

    if not run(assembly, WebhookCommands, work):
        raise click.ClickException(f"There is no webhook {webhook_id}.")
    click.echo("Removed.")
