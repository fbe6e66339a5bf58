"""`entrepot events` and `entrepot webhooks`: what happened, who is told, and who was not."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from adapters.cli.shop import Assembly, pass_assembly, run
from adapters.serialization.events import TYPES, type_of
from adapters.webhooks.sender import secret_of
from core.domain.errors import DomainError
from ports.storage.outbox import Delivery, Envelope
from ports.storage.webhooks import Webhook

MOST = 1_000
SHOWN = 20


@click.group()
def events() -> None:
    """Look after the events that somebody has not taken."""


@events.command("dead")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_assembly
def dead(assembly: Assembly, as_json: bool) -> None:
    """Events that were given up after ten tries. Exits with 1 if there are any."""

    async def work(shop: Any) -> tuple[Delivery, ...]:
        found: tuple[Delivery, ...] = await shop.outbox().dead(MOST)
        return found

    found = run(assembly, work)
    if as_json:
        click.echo(json.dumps([_told(each) for each in found]))
    else:
        table = Table("Event", "Type", "Subscriber", "Tries", "Last error", box=None)
        for each in found:
            told = _told(each)
            table.add_row(*(str(value) for value in told.values()))
        Console(width=160).print(table)
    if found:
        raise click.exceptions.Exit(1)


@events.command("retry")
@click.option("--dry-run", is_flag=True, help="Say what would be tried, and do nothing.")
@pass_assembly
def retry(assembly: Assembly, dry_run: bool) -> None:
    """Try everything again that was given up."""

    async def work(shop: Any) -> int:
        if dry_run:
            return len(await shop.outbox().dead(MOST))
        return int(await shop.outbox().revive(datetime.now(UTC)))

    click.echo(f"{run(assembly, work)} {'would be' if dry_run else 'will be'} tried again.")


@events.command("replay")
@click.argument("subscriber")
@click.option("--since", required=True, type=click.DateTime(), help="UTC, such as 2026-11-24.")
@click.option("--until", type=click.DateTime(), help="UTC; until now unless told.")
@click.option("--type", "types", multiple=True, help="A type such as order.paid; repeat it.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and do nothing.")
@pass_assembly
def replay(
    assembly: Assembly,
    subscriber: str,
    since: datetime,
    until: datetime | None,
    types: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Deliver past events to SUBSCRIBER again: `search`, a plugin, or `webhook:ID`.

    Events are kept for 30 days.
    """
    _check_types(types)
    kinds = frozenset(_kind(each) for each in types)

    async def work(shop: Any) -> list[Envelope]:
        known = {**await shop.near_subscribers()(), **await shop.far_subscribers()()}
        if subscriber not in known:
            raise click.ClickException(f"Nobody is called {subscriber}: {', '.join(sorted(known))}")
        found: dict[UUID, Envelope] = {}
        begin = since.replace(tzinfo=UTC)
        end = until.replace(tzinfo=UTC) if until else datetime.now(UTC)
        while True:
            page = await shop.outbox().history(since=begin, until=end, kinds=kinds, limit=MOST)
            fresh = [each for each in page if each.id not in found]
            if not fresh:
                return list(found.values())
            if not dry_run:
                await shop.outbox().replay(fresh, subscriber, datetime.now(UTC))
            found |= {each.id: each for each in fresh}
            begin = fresh[-1].event.at

    found = run(assembly, work)
    for each in found[:SHOWN]:
        click.echo(f"{each.id} {each.event.at.isoformat()} {type_of(each.event)}")
    if len(found) > SHOWN:
        click.echo(f"… and {len(found) - SHOWN} more")
    verb = "would be" if dry_run else "will be"
    click.echo(f"{len(found)} events {verb} delivered to {subscriber}.")


@click.group()
def webhooks() -> None:
    """Systems that are told of events over HTTP, as Standard Webhooks defines it."""


@webhooks.command("add")
@click.argument("url")
@click.option("--type", "types", multiple=True, help="A type such as order.paid; repeat it.")
@pass_assembly
def add(assembly: Assembly, url: str, types: tuple[str, ...]) -> None:
    """Tell URL of events, all of them unless types are given. Prints the secret to check with."""
    _check_types(types)

    async def work(shop: Any) -> Webhook:
        plain = shop.settings().base_url.startswith("http://")
        if not url.startswith(("https://", "http://") if plain else "https://"):
            raise click.UsageError("A webhook needs an https:// address.")
        webhook = Webhook(
            id=shop.new_id()(), url=url, kinds=frozenset(types), created_at=datetime.now(UTC)
        )
        try:
            await shop.webhooks().add(webhook)
        except DomainError as error:
            raise click.ClickException(str(error)) from error
        key = shop.settings().secret_key.get_secret_value().encode()
        click.echo(f"{webhook.id}  {secret_of(key, webhook.id)}")
        return webhook

    run(assembly, work)


@webhooks.command("list")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
@pass_assembly
def list_command(assembly: Assembly, as_json: bool) -> None:
    """Who is told, and of what."""

    async def work(shop: Any) -> tuple[Webhook, ...]:
        found: tuple[Webhook, ...] = await shop.webhooks().list()
        return found

    rows = [
        {"id": str(each.id), "url": each.url, "types": sorted(each.kinds)}
        for each in run(assembly, work)
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

    async def work(shop: Any) -> bool:
        return bool(await shop.webhooks().remove(webhook_id))

    if not run(assembly, work):
        raise click.ClickException(f"There is no webhook {webhook_id}.")
    click.echo("Removed.")


def _told(delivery: Delivery) -> dict[str, object]:
    return {
        "event": str(delivery.envelope.id),
        "type": type_of(delivery.envelope.event),
        "subscriber": delivery.subscriber,
        "tries": delivery.attempts,
        "last_error": delivery.last_error,
    }


def _check_types(types: tuple[str, ...]) -> None:
    unknown = sorted(set(types) - TYPES)
    if unknown:
        raise click.UsageError(f"There is no type {unknown[0]}: {', '.join(sorted(TYPES))}")


def _kind(type_name: str) -> str:
    return "".join(part.capitalize() for part in type_name.split("."))
