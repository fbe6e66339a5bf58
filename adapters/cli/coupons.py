"""`entrepot coupons`: batches of coupons, and their codes."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from adapters.cli.code_file import CsvCodeFile
from adapters.cli.output import json_option
from adapters.cli.shop import Assembly, pass_assembly, run_audited, run_prepared
from core.application.coupons.batches import CreateCouponBatch, EndCouponBatch, RevokeCoupon
from core.application.coupons.making import MakeCoupons
from core.application.coupons.views import BatchView, ShowBatches
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.text import Text
from ports.coupons import CouponQueries, CouponUse
from ports.errors import Rejected

PAGE = 100
MOST = 1_000

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class CouponCommands:
    show_batches: ShowBatches
    coupon_queries: CouponQueries
    create_batch: CreateCouponBatch
    end_batch: EndCouponBatch
    make_coupons: MakeCoupons
    revoke_coupon: RevokeCoupon


@click.group()
def coupons() -> None:
    """Create batches of coupons, make their codes, and see their uses."""


@coupons.command("list")
@json_option
@pass_assembly
def list_command(assembly: Assembly, as_json: bool) -> None:
    """List the latest 1,000 batches."""

    async def work(parts: CouponCommands) -> list[BatchView]:
        return await _every(lambda cursor: parts.show_batches(PAGE, cursor))

    batches = run_prepared(assembly, CouponCommands, work)
    if as_json:
        click.echo(_json(batches))
        return
    table = Table("Batch", "Promotion", "Kind", "State", "Coupons", "Of", box=None)
    for each in batches:
        size = str(each.size or "-")
        table.add_row(each.code, each.promotion, each.kind, each.state, str(each.made), size)
    Console(width=120).print(table)


@coupons.command("create")
@click.argument("batch")
@click.option("--promotion", required=True, help="The code of the promotion that coupons open.")
@click.option("--zh", default="", help="The Chinese name for buyers.")
@click.option("--en", default="", help="The English name for buyers.")
@click.option("--kind", type=click.Choice(list(CouponKind)), default=CouponKind.PUBLIC)
@click.option("--word", "words", multiple=True, help="A public code such as DOUBLE11; repeat it.")
@click.option("--starts", type=click.DateTime(), help="UTC, such as 2026-11-11.")
@click.option("--ends", type=click.DateTime(), help="UTC; coupons are valid until before it.")
@click.option("--valid-days", type=click.IntRange(0), default=0, help="Days after a person got it.")
@click.option("--uses", type=click.IntRange(0), default=1, show_default=True, help="Of a coupon.")
@click.option("--uses-each", type=click.IntRange(0), default=0, help="Of a coupon, by a person.")
@click.option("--size", type=click.IntRange(0), default=0, help="Coupons of the batch.")
@click.option("--each", type=click.IntRange(1), default=1, help="Coupons that a person may take.")
@pass_assembly
def create_command(assembly: Assembly, /, batch: str, **options: Any) -> None:
    """Create BATCH. A number without a limit is 0."""

    async def work(parts: CouponCommands) -> None:
        await parts.create_batch(_batch(batch, options), options["words"])

    promotion = options["promotion"]
    run_audited(assembly, CouponCommands, work, "coupons create", batch, promotion)
    click.echo("Created.")


@coupons.command("make")
@click.argument("batch")
@click.argument("count", type=click.IntRange(1))
@click.option(
    "--to",
    "file",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The CSV file for the new codes.",
)
@pass_assembly
def make_command(assembly: Assembly, batch: str, count: int, file: Path) -> None:
    """Make codes until BATCH has COUNT coupons, and export them once to a file.

    The shop stores keyed hashes: keep the file. Start an interrupted run again with its file.
    """
    columns = (TextColumn("Making codes"), BarColumn(), MofNCompleteColumn())

    async def work(parts: CouponCommands) -> int:
        with Progress(*columns, console=Console(stderr=True)) as bars:
            task = bars.add_task("codes", total=count)
            return await parts.make_coupons(
                batch,
                count,
                CsvCodeFile(file, batch),
                lambda made: bars.update(task, completed=made),
            )

    try:
        made = run_audited(assembly, CouponCommands, work, "coupons make", batch, str(count))
    except Rejected as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{made} codes were made.")


@coupons.command("end")
@click.argument("batch")
@pass_assembly
def end_command(assembly: Assembly, batch: str) -> None:
    """End BATCH: its coupons are expired from now on."""

    async def work(parts: CouponCommands) -> None:
        await parts.end_batch(batch)

    run_audited(assembly, CouponCommands, work, "coupons end", batch)
    click.echo("Ended.")


@coupons.command("revoke")
@click.argument("code")
@pass_assembly
def revoke_command(assembly: Assembly, code: str) -> None:
    """Revoke the coupon with this CODE: for buyers it is unknown."""

    async def work(parts: CouponCommands) -> None:
        await parts.revoke_coupon(code)

    # A code lets its holder use the coupon, so the log does not have it.
    run_audited(assembly, CouponCommands, work, "coupons revoke")
    click.echo("Revoked.")


@coupons.command("uses")
@click.argument("batch")
@json_option
@pass_assembly
def uses_command(assembly: Assembly, batch: str, as_json: bool) -> None:
    """List the latest 1,000 orders that use coupons of BATCH. Members are opaque numbers."""

    async def work(parts: CouponCommands) -> list[CouponUse]:
        await parts.show_batches.one(batch)
        return await _every(lambda cursor: parts.coupon_queries.uses(batch, PAGE, cursor))

    uses = run_prepared(assembly, CouponCommands, work)
    if as_json:
        click.echo(_json(uses))
        return
    table = Table("Order", "Placed", "State", "Coupon", "Member", box=None)
    for each in uses:
        placed_at = each.placed_at.isoformat(timespec="seconds")
        member = str(each.customer_id or "-")
        table.add_row(each.order, placed_at, each.state, each.coupon, member)
    Console(width=160).print(table)


def _batch(code: str, options: Mapping[str, Any]) -> CouponBatch:
    return CouponBatch(
        code=code,
        promotion=options["promotion"],
        label=Text({"zh": options["zh"], "en": options["en"]}),
        kind=CouponKind(options["kind"]),
        starts_at=_utc(options["starts"]),
        ends_at=_utc(options["ends"]),
        valid_days=options["valid_days"],
        most_uses=options["uses"],
        most_uses_each=options["uses_each"],
        size=options["size"],
        most_each=options["each"],
    )


async def _every(page: Callable[[str], Awaitable[tuple[tuple[Row, ...], str]]]) -> list[Row]:
    """The rows of all pages, at most 1,000."""
    rows, cursor = await page("")
    found = list(rows)
    while cursor and len(found) < MOST:
        rows, cursor = await page(cursor)
        found += rows
    return found


def _json(rows: list[Any]) -> str:
    return json.dumps(msgspec.to_builtins(rows), ensure_ascii=False)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
