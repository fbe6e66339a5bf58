"""`entrepot events`: dead deliveries, retry and replay."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from adapters.cli.output import json_option
from adapters.cli.shop import Assembly, pass_assembly, run
from adapters.serialization.events import UnknownEvent, kind_named, type_of
from core.application.events import LocalSubscribers, RemoteSubscribers
from ports.events.outbox import Deliveries, Delivery, Envelope, Outbox
from ports.events.webhooks import EventTypeNames

MOST = 1_000
SHOWN = 20


@dataclass(frozen=True, slots=True)
class EventCommands:
    outbox: Outbox
    deliveries: Deliveries
    local: LocalSubscribers
    remote: RemoteSubscribers
    event_types: EventTypeNames


@click.group()
def events() -> None:
    """List, retry and replay deliveries of events."""


@events.command("dead")
@json_option
@pass_assembly
def dead(assembly: Assembly, as_json: bool) -> None:
    """List dead deliveries, which failed ten times. Exits with 1 if there are any."""

    async def work(parts: EventCommands) -> tuple[Delivery, ...]:
        return await parts.deliveries.dead(MOST)

    deliveries = run(assembly, EventCommands, work)
    if as_json:
        click.echo(json.dumps([_row(each) for each in deliveries]))
    else:
        table = Table("Event", "Type", "Subscriber", "Tries", "Last error", box=None)
        for each in deliveries:
            table.add_row(*(str(value) for value in _row(each).values()))
        Console(width=160).print(table)
    if deliveries:
        raise click.exceptions.Exit(1)


@events.command("retry")
@click.option("--dry-run", is_flag=True, help="Show the number of deliveries, and change nothing.")
@pass_assembly
def retry(assembly: Assembly, dry_run: bool) -> None:
    """Try all dead deliveries again."""

    async def work(parts: EventCommands) -> int:
        if dry_run:
            return len(await parts.deliveries.dead(MOST))
        return await parts.deliveries.retry_dead(datetime.now(UTC))

    count = run(assembly, EventCommands, work)
    click.echo(f"{count} {'would be' if dry_run else 'will be'} tried again.")


@events.command("replay")
@click.argument("subscriber")
@click.option("--since", required=True, type=click.DateTime(), help="UTC, such as 2026-11-24.")
@click.option("--until", type=click.DateTime(), help="UTC; the default is the current time.")
@click.option("--type", "types", multiple=True, help="A type such as order.paid; repeat it.")
@click.option("--dry-run", is_flag=True, help="Show the events, and deliver nothing.")
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

    async def work(parts: EventCommands) -> list[Envelope]:
        check_types(types, parts.event_types())
        kinds = frozenset(map(kind_named, types))
        known = {**await parts.local(), **await parts.remote()}
        if subscriber not in known:
            names = ", ".join(sorted(known))
            raise click.ClickException(f"There is no subscriber {subscriber}: {names}")
        seen: set[UUID] = set()
        found: list[Envelope] = []
        begin = since.replace(tzinfo=UTC)
        end = until.replace(tzinfo=UTC) if until else datetime.now(UTC)
        while True:
            page = await parts.outbox.history(since=begin, until=end, kinds=kinds, limit=MOST)
            fresh = [each for each in page if each.id not in seen]
            if not fresh:
                return found
            readable = [each for each in fresh if not isinstance(each.event, UnknownEvent)]
            if not dry_run:
                await parts.outbox.replay(readable, subscriber, datetime.now(UTC))
            seen |= {each.id for each in fresh}
            found += readable
            begin = fresh[-1].event.at

    found = run(assembly, EventCommands, work)
    for each in found[:SHOWN]:
        click.echo(f"{each.id} {each.event.at.isoformat()} {type_of(each.event)}")
    if len(found) > SHOWN:
        click.echo(f"… and {len(found) - SHOWN} more")
    verb = "would be" if dry_run else "will be"
    click.echo(f"{len(found)} events {verb} delivered to {subscriber}.")


def _row(delivery: Delivery) -> dict[str, object]:
    return {
        "event": str(delivery.envelope.id),
        "type": type_of(delivery.envelope.event),
        "subscriber": delivery.subscriber,
        "tries": delivery.attempts,
        "last_error": delivery.last_error,
    }


def check_types(types: tuple[str, ...], known: frozenset[str]) -> None:
    """Raises `UsageError`."""
    unknown = sorted(set(types) - known)
    if unknown:
        raise click.UsageError(f"There is no type {unknown[0]}: {', '.join(sorted(known))}")
