"""`entrepot webhooks`: add, list and remove webhooks."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import click

from adapters.cli.events import check_types
from adapters.cli.output import json_option
from adapters.cli.shop import Assembly, pass_assembly, run
from core.domain.errors import DomainError
from core.domain.identifiers import BaseUrl
from ports.clock import NewId
from ports.events.webhooks import EventTypeNames, Webhook, Webhooks, WebhookSecret


@dataclass(frozen=True, slots=True)
class WebhookCommands:
    webhooks: Webhooks
    secret_of: WebhookSecret
    event_types: EventTypeNames
    new_id: NewId
    base_url: BaseUrl


@click.group()
def webhooks() -> None:
    """Add, list and remove webhooks (https://www.standardwebhooks.com)."""


@webhooks.command("add")
@click.argument("url")
@click.option("--type", "types", multiple=True, help="A type such as order.paid; repeat it.")
@pass_assembly
def add(assembly: Assembly, url: str, types: tuple[str, ...]) -> None:
    """Send events to URL: all events, or only the given types.

    Prints the id of the webhook and the secret that verifies its signatures.
    """

    async def work(parts: WebhookCommands) -> Webhook:
        check_types(types, parts.event_types())
        is_local = parts.base_url.startswith("http://")
        if not url.startswith(("https://", "http://") if is_local else "https://"):
            raise click.UsageError("The URL of a webhook must begin with https://.")
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
@json_option
@pass_assembly
def list_command(assembly: Assembly, as_json: bool) -> None:
    """List all webhooks with their types and states. Exits with 1 if one is disabled."""

    async def work(parts: WebhookCommands) -> tuple[Webhook, ...]:
        return await parts.webhooks.list()

    rows: list[dict[str, Any]] = [
        {
            "id": str(each.id),
            "url": each.url,
            "types": sorted(each.kinds),
            "state": _state(each),
            "failing_since": each.failing_since and each.failing_since.isoformat(),
        }
        for each in run(assembly, WebhookCommands, work)
    ]
    if as_json:
        click.echo(json.dumps(rows))
    for row in () if as_json else rows:
        wanted = ", ".join(row["types"]) or "everything"
        since = f" since {row['failing_since']}" if row["failing_since"] else ""
        click.echo(f"{row['id']}  {row['url']}  {wanted}  {row['state']}{since}")
    if any(row["state"] == "disabled" for row in rows):
        raise click.exceptions.Exit(1)


@webhooks.command("enable")
@click.argument("webhook_id", type=click.UUID)
@pass_assembly
def enable(assembly: Assembly, webhook_id: UUID) -> None:
    """Send events to a disabled webhook again. `entrepot events retry` sends the missed ones."""

    async def work(parts: WebhookCommands) -> bool:
        return await parts.webhooks.enable(webhook_id)

    if not run(assembly, WebhookCommands, work):
        raise click.ClickException(f"There is no webhook {webhook_id}.")
    click.echo("Enabled.")


@webhooks.command("remove")
@click.argument("webhook_id", type=click.UUID)
@pass_assembly
def remove(assembly: Assembly, webhook_id: UUID) -> None:
    """Remove a webhook. It receives no more events."""

    async def work(parts: WebhookCommands) -> bool:
        return await parts.webhooks.remove(webhook_id)

    if not run(assembly, WebhookCommands, work):
        raise click.ClickException(f"There is no webhook {webhook_id}.")
    click.echo("Removed.")


def _state(webhook: Webhook) -> str:
    if webhook.disabled_at is not None:
        return "disabled"
    return "failing" if webhook.failing_since is not None else "healthy"
