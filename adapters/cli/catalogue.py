"""`entrepot catalog`: import and export products as files."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from adapters.cli.shop import Assembly, pass_assembly, run
from core.application.catalogue.feed_files import (
    FeedOptions,
    ReadFeed,
    ReadFile,
    RefusedRow,
    UnreadableFile,
    WriteFeed,
)
from core.application.catalogue.feeds import RowNote
from core.application.catalogue.product_export import ExportProducts
from core.application.catalogue.product_import import ImportProduct
from core.application.events import RelayEvents
from core.application.search import RebuildSearchIndex
from core.domain.errors import DomainError
from core.domain.text import LANGUAGES
from ports.schema import Schema

SHOWN_LINES = 50

language_option = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=LANGUAGES[0],
    show_default=True,
    help="The language of the texts in the file.",
)


@dataclass(frozen=True, slots=True)
class CatalogueCommands:
    schema: Schema
    read_feed: ReadFeed
    write_feed: WriteFeed
    import_product: ImportProduct
    export_products: ExportProducts
    relay_events: RelayEvents
    rebuild_search_index: RebuildSearchIndex


@dataclass(slots=True)
class ImportReport:
    """The numbers of products by outcome, the refused rows, and what differs from the file."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[RefusedRow] = field(default_factory=list)
    notes: list[RowNote] = field(default_factory=list)


@click.group()
def catalog() -> None:
    """Import and export products, and rebuild the search index."""


@catalog.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@language_option
@click.option(
    "--assume-stock",
    type=click.IntRange(0, 1_000_000),
    default=0,
    show_default=True,
    help="Units on hand for an `in_stock` line of a Google feed, which has no quantities.",
)
@click.option(
    "--encoding",
    callback=lambda _context, _option, name: known_encoding(name),
    help="The encoding of the file, such as windows-1252; UTF-8 is known without it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@pass_assembly
def import_command(
    assembly: Assembly,
    file: Path,
    language: str,
    assume_stock: int,
    encoding: str,
    as_json: bool,
) -> None:
    """Read FILE: a Shopify product export (CSV) or a Google Merchant feed (TSV).

    Wrong rows are refused and listed with line and reason; all other rows are imported. Notes
    say what the shop does differently from the file. Importing the same file again changes
    nothing. Exits with 1 if a row was refused.
    """

    async def work(parts: CatalogueCommands) -> ImportReport:
        options = FeedOptions(language=language, assume_stock=assume_stock, encoding=encoding)
        content = parts.read_feed(file, options)
        await parts.schema.upgrade()
        report = await import_products(parts.import_product, content)
        await parts.relay_events.drain()
        return report

    try:
        report = run(assembly, CatalogueCommands, work)
    except UnreadableFile as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        _print(report)
    if report.refused:
        raise click.exceptions.Exit(1)


@catalog.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@language_option
@pass_assembly
def export_command(assembly: Assembly, file: Path, language: str) -> None:
    """Write every product to FILE (or - for standard output) as a Shopify product CSV."""

    async def work(parts: CatalogueCommands) -> int:
        rows = await parts.export_products(language)
        chunks = parts.write_feed(rows, language)
        if str(file) == "-":
            sys.stdout.writelines(chunks)
        else:
            with file.open("w", encoding="utf-8", newline="") as stream:
                stream.writelines(chunks)
        return len(rows)

    count = run(assembly, CatalogueCommands, work)
    click.echo(f"{count} products were exported.", err=True)


@catalog.command("reindex")
@pass_assembly
def reindex_command(assembly: Assembly) -> None:
    """Rebuild the search index from all products."""

    async def work(parts: CatalogueCommands) -> int:
        return await parts.rebuild_search_index()

    click.echo(f"{run(assembly, CatalogueCommands, work)} products were indexed.")


def known_encoding(name: str | None) -> str:
    """Raises `BadParameter` unless Python knows this text encoding. Empty for None."""
    try:
        "".encode(name or "utf-8")
    except LookupError as error:
        raise click.BadParameter(f"“{name}” is no encoding such as windows-1252.") from error
    return name or ""


async def import_products(importer: ImportProduct, content: ReadFile) -> ImportReport:
    report = ImportReport(notes=list(content.notes))
    columns = (TextColumn("Importing products"), BarColumn(), MofNCompleteColumn())
    outcomes: Counter[str] = Counter()
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("products", total=len(content.products))
        for item in content.products:
            report.refused += item.refused
            report.notes += item.notes
            if item.product is not None:
                try:
                    imported = await importer(item.product)
                    outcomes[imported.result] += 1
                    report.notes += imported.notes
                except DomainError as error:
                    refused = {row.line for row in item.refused}
                    report.refused += [
                        RefusedRow(line, str(error)) for line in item.lines if line not in refused
                    ]
            bars.advance(task)
    report.created, report.updated = outcomes["created"], outcomes["updated"]
    report.unchanged = outcomes["unchanged"]
    report.refused.sort(key=lambda row: row.line)
    report.notes.sort(key=lambda note: note.line)
    return report


def _print(report: ImportReport) -> None:
    click.echo(
        f"{report.created} products created, {report.updated} updated, "
        f"{report.unchanged} unchanged, {len(report.refused)} rows refused,"
        f" {len(report.notes)} notes."
    )
    _print_lines([f"line {row.line} refused: {row.reason}" for row in report.refused])
    _print_lines([f"line {note.line}: {note.text}" for note in report.notes])


def _print_lines(lines: Sequence[str]) -> None:
    for line in lines[:SHOWN_LINES]:
        click.echo(line, err=True)
    more = len(lines) - SHOWN_LINES
    if more > 0:
        click.echo(f"… and {more} more; use --json to list all of them.", err=True)
