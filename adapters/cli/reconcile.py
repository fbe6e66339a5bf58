"""`entrepot reconcile`: compare a gateway's statement with the ledger and the orders."""

import json
from dataclasses import dataclass
from datetime import datetime

import click
import msgspec
from rich.console import Console
from rich.table import Table

from adapters.cli.output import json_option
from adapters.cli.shop import Assembly, pass_assembly, run
from core.application.payments.reconciliation import Reconcile
from core.domain.errors import DomainError
from core.domain.payments.reconciliation import Report
from ports.errors import PortError


@dataclass(frozen=True, slots=True)
class ReconciliationCommands:
    reconcile: Reconcile


@click.command()
@click.argument("gateway")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@json_option
@pass_assembly
def reconcile(assembly: Assembly, gateway: str, day: datetime, as_json: bool) -> None:
    """Compare GATEWAY's statement of DAY (such as 2026-11-24) with the ledger and the orders.

    Exits with 1 if there is a difference, or no statement.
    """

    async def work(parts: ReconciliationCommands) -> Report:
        try:
            return await parts.reconcile(gateway, day.date())
        except DomainError as error:
            raise click.ClickException(str(error)) from error
        except PortError as error:
            raise click.ClickException(f"{error.code}: {error.template}") from error

    report = run(assembly, ReconciliationCommands, work)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(report), ensure_ascii=False))
    else:
        _show(report)
    if report.differences:
        raise click.exceptions.Exit(1)


def _show(report: Report) -> None:
    click.echo(
        f"{report.gateway} {report.day}: {report.lines} lines, payments {report.payments},"
        f" refunds {report.refunds}, fees {report.fees}"
    )
    if not report.differences:
        click.echo("No differences.")
        return
    table = Table("Difference", "Side", "Reference", "Order", "Ours", "Theirs", box=None)
    for each in report.differences:
        table.add_row(
            each.kind,
            each.side,
            each.refund_reference or each.reference,
            each.order_number,
            str(each.ours or "–"),
            str(each.theirs or "–"),
        )
    Console(width=140).print(table)
