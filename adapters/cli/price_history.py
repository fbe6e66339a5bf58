"""`entrepot prices history`: the evidence of which price applied when."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import click

from adapters.cli.output import json_option
from adapters.cli.shop import Assembly, pass_assembly, run_prepared
from core.domain.identifiers import Currency, Sku
from core.domain.money import Money
from core.domain.pricing.applied.price_history import PriceRecord
from ports.applied_prices import PriceHistoryQueries

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class PriceHistoryCommands:
    price_history: PriceHistoryQueries
    currency: Currency


@click.command("history")
@click.argument("sku")
@json_option
@pass_assembly
def history_command(assembly: Assembly, sku: str, as_json: bool) -> None:
    """Print which prices of SKU lists showed, latest first: when, from what, to whom.

    `prior` is the price that was announced with a reduction, and `basis` says what it is.
    """

    async def work(parts: PriceHistoryCommands) -> list[dict[str, object]]:
        records = _records(parts.price_history, Sku(sku))
        return [_document(each, parts.currency) async for each in records]

    documents = run_prepared(assembly, PriceHistoryCommands, work)
    if as_json:
        click.echo(json.dumps(documents))
    elif not documents:
        raise click.ClickException(f"Lists have shown no price of “{sku}”.")
    else:
        for each in documents:
            click.echo(_line(each))


async def _records(queries: PriceHistoryQueries, sku: Sku) -> AsyncIterator[PriceRecord]:
    cursor = ""
    while True:
        page, cursor = await queries.of_sku(sku, PAGE, cursor)
        for each in page:
            yield each
        if not cursor:
            break


def _document(record: PriceRecord, currency: str) -> dict[str, object]:
    prior = record.prior_minor
    return {
        "sku": record.sku,
        "audience": record.audience,
        "price": str(Money(record.minor, currency)),
        "source": record.source,
        "starts_at": record.starts_at.isoformat(),
        "ends_at": record.ends_at and record.ends_at.isoformat(),
        "prior": None if prior is None else str(Money(prior, currency)),
        "basis": record.prior_basis,
    }


def _line(document: dict[str, object]) -> str:
    parts = [f"{document['starts_at']} – {document['ends_at'] or 'now'}: {document['price']}"]
    if document["source"]:
        parts.append(f"by {document['source']}")
    if document["audience"]:
        parts.append(f"for {document['audience']}")
    if document["prior"]:
        parts.append(f"prior price {document['prior']} ({document['basis']})")
    return ", ".join(parts)
