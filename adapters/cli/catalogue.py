"""`entrepot catalog`: products in and out as files."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from adapters.cli.database import prepare
from adapters.cli.shop import Assembly, pass_assembly, run
from adapters.feeds.merchant import MerchantReader, is_merchant
from adapters.feeds.rows import ReadProduct, RefusedRow, UnreadableFile, read_rows, read_text
from adapters.feeds.shopify import ShopifyReader, is_shopify
from adapters.feeds.shopify_export import ExportedProduct, write
from core.application.importing import ImportProduct
from core.domain.errors import DomainError
from core.domain.identifiers import ProductId
from core.domain.text import LANGUAGES

SHOWN_REFUSALS = 50
PRODUCTS_AT_ONCE = 200

language_option = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=LANGUAGES[0],
    show_default=True,
    help="The language that the file is in.",
)


@dataclass(slots=True)
class ImportReport:
    """What an import did; every refused row by its line."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[RefusedRow] = field(default_factory=list)


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
    help="Units of what a Google feed calls in stock: the feed does not say how many.",
)
@click.option("--json", "as_json", is_flag=True, help="The report for a program to read.")
@pass_assembly
def import_command(
    assembly: Assembly, file: Path, language: str, assume_stock: int, as_json: bool
) -> None:
    """Read FILE: a Shopify product export (CSV) or a Google Merchant feed (TSV).

    Rows that are wrong are refused by line and reason, the others are imported. The same
    file again changes nothing. Exits with 1 if a row was refused.
    """

    async def work(shop: Any) -> ImportReport:
        settings = shop.settings()
        products = read_products(
            file,
            language,
            settings.currency,
            f"{settings.base_url}{settings.media_url}/",
            assume_stock,
        )
        await prepare(shop)
        report = await import_products(shop.import_product(), products)
        await shop.relay_events().drain()
        return report

    try:
        report = run(assembly, work)
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

    async def work(shop: Any) -> int:
        rows = await _everything(shop, language)
        settings = shop.settings()
        prefix = f"{settings.base_url}{settings.media_url}/"
        pieces = write(rows, language, prefix)
        if str(file) == "-":
            sys.stdout.writelines(pieces)
        else:
            with file.open("w", encoding="utf-8", newline="") as stream:
                stream.writelines(pieces)
        return len(rows)

    count = run(assembly, work)
    click.echo(f"{count} products were exported.", err=True)


@catalog.command("reindex")
@pass_assembly
def reindex_command(assembly: Assembly) -> None:
    """Put every product into the search index again."""

    async def work(shop: Any) -> int:
        count: int = await shop.index_products().rebuild()
        return count

    click.echo(f"{run(assembly, work)} products are in the index.")


def read_products(
    file: Path, language: str, currency: str, media_prefix: str, assume_stock: int
) -> list[ReadProduct]:
    """Raises `UnreadableFile` if it is neither of the two formats."""
    text = read_text(file)
    first = text.split("\n", 1)[0]
    header, rows = read_rows(text, "\t" if "\t" in first else ",")
    if is_shopify(header):
        return list(ShopifyReader(language, currency, media_prefix).read(header, rows))
    if is_merchant(header):
        return list(MerchantReader(language, currency, assume_stock).read(header, rows))
    raise UnreadableFile(
        f"{file.name} is neither a Shopify product export (it would have the columns Handle and "
        "Variant Price) nor a Google Merchant feed (id, title and price)."
    )


async def import_products(importer: ImportProduct, products: Sequence[ReadProduct]) -> ImportReport:
    report = ImportReport()
    columns = (TextColumn("Importing products"), BarColumn(), MofNCompleteColumn())
    outcomes: Counter[str] = Counter()
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("products", total=len(products))
        for each in products:
            report.refused += each.refused
            if each.product is not None:
                try:
                    outcomes[await importer(each.product)] += 1
                except DomainError as error:
                    gone = {row.line for row in each.refused}
                    report.refused += [
                        RefusedRow(line, str(error)) for line in each.lines if line not in gone
                    ]
            bars.advance(task)
    report.created, report.updated = outcomes["created"], outcomes["updated"]
    report.unchanged = outcomes["unchanged"]
    report.refused.sort(key=lambda row: row.line)
    return report


async def _everything(shop: Any, language: str) -> list[ExportedProduct]:
    """Every product with its stock, its category's path and slug, and its brand's name."""
    tree = {each.id: each for each in await shop.shelf().categories(language)}
    rows: list[ExportedProduct] = []
    last: ProductId | None = None
    while ids := await shop.catalogue().product_ids(last, PRODUCTS_AT_ONCE):
        async with shop.units()() as unit:
            brands = {brand.id: brand for brand in await unit.brands.list()}
            for product_id in ids:
                product = await unit.products.get(product_id)
                levels = await unit.stock.levels([each.sku for each in product.variants])
                stock = {
                    level.sku: level.on_hand
                    for level in levels
                    if level.location == shop.location()
                }
                brand = brands.get(product.brand_id)
                names: list[str] = []
                here = tree.get(product.category_id)
                slug = here.slug if here else ""
                while here is not None:
                    names.insert(0, here.name)
                    here = tree.get(here.parent_id)
                rows.append(
                    (
                        product,
                        stock,
                        (" > ".join(names), slug),
                        brand.name.in_language(language) if brand else "",
                    )
                )
        last = ids[-1]
    return rows


def _print(report: ImportReport) -> None:
    click.echo(
        f"{report.created} products created, {report.updated} updated, "
        f"{report.unchanged} unchanged, {len(report.refused)} rows refused."
    )
    for row in report.refused[:SHOWN_REFUSALS]:
        click.echo(f"line {row.line}: {row.reason}", err=True)
    more = len(report.refused) - SHOWN_REFUSALS
    if more > 0:
        click.echo(f"… and {more} more; --json shows them all.", err=True)
