"""`entrepot audit`: the logs that prove themselves."""

import asyncio
import json
from pathlib import Path
from typing import Any

import click

from adapters.bundles import pack
from adapters.cli.shop import Assembly, check_with, pass_assembly, run_prepared
from core.application.audit.chain import CHAINS

log_option = click.option(
    "--log",
    "name",
    type=click.Choice(sorted(CHAINS)),
    default="audit",
    show_default=True,
    help="What happened, or what people agreed to.",
)


@click.group()
def audit() -> None:
    """Look after the logs in which every entry proves the one before it."""


@audit.command("verify")
@log_option
@click.option(
    "--head",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A head that was exported before, as JSON.",
)
@click.option(
    "--pack",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check an evidence pack instead, without the shop.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --pack: the shop's public key, as `entrepot keys public` prints it.",
)
@pass_assembly
def verify(
    assembly: Assembly, name: str, head: Path | None, file: Path | None, key: Path | None
) -> None:
    """Check every entry and every signed head. Exits with 1 and names the first broken entry."""
    if file is not None:
        _verify_pack(file, key)
        return
    kept = [] if head is None else [json.loads(head.read_text(encoding="utf-8"))]

    async def work(shop: Any) -> tuple[tuple[int, str] | None, int]:
        broken = await shop.verify_log()(name, kept)
        return broken, await shop.audit_logs().length(name)

    broken, length = run_prepared(assembly, work)
    if broken is not None:
        raise click.ClickException(f"Entry {broken[0]}: {broken[1]}.")
    click.echo(f"{length} entries, none of them changed.")


@audit.command("export")
@log_option
@pass_assembly
def export(assembly: Assembly, name: str) -> None:
    """Print every entry as a line of JSON, and sign the last one: its head is the last line."""

    async def work(shop: Any) -> None:
        logs = shop.audit_logs()
        await logs.sign_head(name, shop.sign(), shop.now()())
        async for entry in logs.entries(name):
            click.echo(json.dumps(entry, ensure_ascii=False))
        for signed in (await logs.heads(name))[-1:]:
            click.echo(json.dumps(signed))

    run_prepared(assembly, work)


@audit.command("pack")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where the pack is written.",
)
@pass_assembly
def pack_(assembly: Assembly, folder: Path) -> None:
    """Write the evidence pack: it proves itself, and names nobody."""

    async def work(shop: Any) -> Path:
        path: Path = await shop.write_evidence()(folder)
        return path

    click.echo(str(run_prepared(assembly, work)))


def _verify_pack(file: Path, key: Path | None) -> None:
    if key is None:
        raise click.UsageError("Give the shop's public key: --key FILE.")
    problems = asyncio.run(pack.verify(file, check_with(key)))
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo(f"{file.name} is what the shop signed, and its logs are whole.")
