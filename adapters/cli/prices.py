"""`entrepot prices`: price lists, their prices as CSV, and tax rates."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from io import StringIO
from typing import BinaryIO, TextIO

import click

from adapters.cli.output import fail_with, invalid_lines, json_option
from adapters.cli.price_history import history_command
from adapters.cli.shop import Assembly, pass_assembly, run_audited, run_prepared
from adapters.contacts.normalisation import normal_contact
from core.application.audit.staff_actions import (
    COMMAND_LINE,
    RecordStaffAction,
    code_reference,
)
from core.application.customers.groups import SetGroups
from core.application.pricing.price_files import read_prices, written_prices
from core.application.pricing.price_lists import ReplacePrices, SavePriceList
from core.application.pricing.tax_rates import SaveTaxRate
from core.domain.errors import Invalid, InvalidFields
from core.domain.pricing.price_lists import PriceList, PriceRank
from core.domain.pricing.taxes.rates import TaxRate, TaxZone
from core.domain.text import LANGUAGES, Text
from ports.pricing import ListedPrice, PriceListSummary, PricingQueries
from ports.text_files import DecodeText

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class PriceCommands:
    pricing_queries: PricingQueries
    save_price_list: SavePriceList
    replace_prices: ReplacePrices
    save_tax_rate: SaveTaxRate
    set_groups: SetGroups
    decode_text: DecodeText
    record_staff_action: RecordStaffAction

    async def audit(self, action: str, *codes: str) -> None:
        """Record an action whose codes are known only after the shop was opened."""
        reference = " ".join(map(code_reference, codes))
        await self.record_staff_action(COMMAND_LINE, action, reference)


@click.group()
def prices() -> None:
    """Keep price lists and tax rates, and move prices in and out as CSV."""


prices.add_command(history_command)


@prices.command("list")
@json_option
@pass_assembly
def list_command(assembly: Assembly, as_json: bool) -> None:
    """List the price lists: who gets them, and how many SKUs have a price."""

    async def work(parts: PriceCommands) -> tuple[PriceListSummary, ...]:
        return await parts.pricing_queries.price_lists()

    lists = run_prepared(assembly, PriceCommands, work)
    if as_json:
        click.echo(json.dumps([_list_json(each) for each in lists], ensure_ascii=False))
        return
    for each in lists:
        click.echo(f"{each.price_list.code}: {each.skus} SKUs in {each.currency}, {_buyers(each)}")


@prices.command("save")
@click.argument("code")
@click.option("--group", "groups", multiple=True, help="A customer group; repeat for more.")
@click.option("--channel", "channels", multiple=True, help="A sales channel; repeat for more.")
@click.option("--country", "countries", multiple=True, help="A country (ISO 3166).")
@click.option(
    "--rank",
    type=click.Choice([each.name.lower() for each in PriceRank]),
    default="list",
    show_default=True,
    help="A contract wins over a round of a sale, and that over a list.",
)
@click.option("--label", default="", help="The reason that buyers read beside the price.")
@pass_assembly
def save_command(
    assembly: Assembly,
    code: str,
    label: str,
    groups: tuple[str, ...],
    channels: tuple[str, ...],
    countries: tuple[str, ...],
    rank: str,
) -> None:
    """Create or change the price list CODE. Without options it is for all.

    Its prices stay, and so do its period, the offers that do not change its prices and, without
    --label, its label.
    """

    async def work(parts: PriceCommands) -> int:
        lists = {each.price_list.code: each for each in await parts.pricing_queries.price_lists()}
        known = lists.get(code)
        before = known.price_list if known else PriceList(code=code, ladders={})
        changed = replace(
            before,
            rank=PriceRank[rank.upper()],
            groups=frozenset(groups),
            channels=frozenset(channels),
            countries=frozenset(countries),
            label=Text(dict.fromkeys(LANGUAGES, label)) if label else before.label,
        )
        return await parts.save_price_list(changed, version=known.version if known else 0)

    version = run_audited(assembly, PriceCommands, work, "prices save", code)
    click.echo(f"{code}: version {version}.")


@prices.command("import")
@click.argument("file", type=click.File("rb"))
@json_option
@pass_assembly
def import_command(assembly: Assembly, file: BinaryIO, as_json: bool) -> None:
    """Replace the prices of every list that FILE names: list,sku,quantity,price.

    `price` is for a unit from `quantity` units upwards; an empty quantity is 1. If a row is
    wrong, nothing changes; the error names its line.
    """

    async def work(parts: PriceCommands) -> Mapping[str, int]:
        try:
            text = StringIO(parts.decode_text(file.read()), newline=None)
            rows = read_prices(text)
            await parts.audit("prices import", *sorted({row.list for row in rows}))
            return await parts.replace_prices(rows)
        except (Invalid, InvalidFields) as error:
            fail_with(invalid_lines(error))
            raise

    replaced = run_prepared(assembly, PriceCommands, work)
    if as_json:
        click.echo(json.dumps(replaced))
        return
    for code, count in replaced.items():
        click.echo(f"{code}: {count} prices.")


@prices.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8"))
@click.option("--list", "code", default="", help="Only this price list.")
@pass_assembly
def export_command(assembly: Assembly, file: TextIO, code: str) -> None:
    """Write the prices of all price lists to FILE (or - for standard output) as CSV."""

    async def work(parts: PriceCommands) -> int:
        prices = [each async for each in _prices(parts.pricing_queries, code)]
        file.writelines(written_prices(prices))
        return len(prices)

    count = run_prepared(assembly, PriceCommands, work)
    click.echo(f"{count} prices were exported.", err=True)


@prices.command("rates")
@json_option
@pass_assembly
def rates_command(assembly: Assembly, as_json: bool) -> None:
    """List the tax rates."""

    async def work(parts: PriceCommands) -> Mapping[str, TaxRate]:
        return await parts.pricing_queries.tax_rates()

    rates = run_prepared(assembly, PriceCommands, work)
    if as_json:
        click.echo(json.dumps([_rate_json(name, each) for name, each in rates.items()]))
        return
    for name, each in rates.items():
        zone = "/".join(filter(None, (each.zone.country, each.zone.region))) or "everywhere"
        click.echo(f"{name}: {each.code} {each.rate} on {each.tax_class} in {zone}")


@prices.command("save-rate")
@click.argument("name")
@click.option("--code", required=True, help="The tax, such as vat; rates of one code replace.")
@click.option("--label", required=True, help="The name of the tax for buyers.")
@click.option("--rate", required=True, help="A decimal fraction, such as 0.13.")
@click.option("--class", "tax_class", default="standard", show_default=True, help="The goods.")
@click.option("--country", default="", help="A country (ISO 3166); empty: everywhere.")
@click.option("--region", default="", help="The beginning of the region's name.")
@pass_assembly
def save_rate_command(
    assembly: Assembly,
    name: str,
    code: str,
    label: str,
    rate: str,
    tax_class: str,
    country: str,
    region: str,
) -> None:
    """Create or replace the tax rate NAME. The admin API also sets windows and compound taxes."""

    async def work(parts: PriceCommands) -> None:
        await parts.save_tax_rate(
            name,
            TaxRate(
                code=code,
                label=Text(dict.fromkeys(LANGUAGES, label)),
                rate=rate,
                tax_class=tax_class,
                zone=TaxZone(country, region),
            ),
        )

    run_audited(assembly, PriceCommands, work, "prices save-rate", name)
    click.echo(f"{name}: saved.")


async def _prices(queries: PricingQueries, code: str) -> AsyncIterator[ListedPrice]:
    """Raises `NotFound`."""
    lists = [await queries.price_list(code)] if code else await queries.price_lists()
    for each in (summary.price_list.code for summary in lists):
        cursor = ""
        while True:
            page, cursor = await queries.prices(each, limit=PAGE, cursor=cursor)
            for price in page:
                yield price
            if not cursor:
                break


@prices.command("group")
@click.argument("login")
@click.argument("groups", nargs=-1)
@pass_assembly
def group_command(assembly: Assembly, login: str, groups: tuple[str, ...]) -> None:
    """Put the member LOGIN into GROUPS, and into no others; without GROUPS, into none."""

    async def work(parts: PriceCommands) -> None:
        member = await parts.set_groups.member_of(normal_contact(login))
        await parts.audit("prices group", str(member), *groups)
        await parts.set_groups(member, groups)

    run_prepared(assembly, PriceCommands, work)
    click.echo(f"{login}: {', '.join(sorted(set(groups))) or 'no groups'}")


def _buyers(summary: PriceListSummary) -> str:
    each = summary.price_list
    named = {"groups": each.groups, "channels": each.channels, "countries": each.countries}
    parts = [f"{name} {', '.join(sorted(values))}" for name, values in named.items() if values]
    return f"rank {each.rank.name.lower()}, for {'; '.join(parts) or 'all buyers'}"


def _list_json(summary: PriceListSummary) -> dict[str, object]:
    each = summary.price_list
    return {
        "code": each.code,
        "rank": each.rank.name.lower(),
        "groups": sorted(each.groups),
        "channels": sorted(each.channels),
        "countries": sorted(each.countries),
        "label": each.label.by_language,
        "currency": summary.currency,
        "skus": summary.skus,
        "version": summary.version,
    }


def _rate_json(name: str, rate: TaxRate) -> dict[str, object]:
    return {
        "name": name,
        "code": rate.code,
        "rate": rate.rate,
        "class": rate.tax_class,
        "country": rate.zone.country,
        "region": rate.zone.region,
        "starts_at": rate.starts_at and rate.starts_at.isoformat(),
        "ends_at": rate.ends_at and rate.ends_at.isoformat(),
    }
