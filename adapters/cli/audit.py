"""`entrepot audit`: the logs that prove themselves."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

import click

from adapters.cli.shop import Assembly, pass_assembly, run_prepared
from core.application.audit.chain import CHAINS
from core.application.audit.evidence import WriteEvidence
from core.application.audit.verification import SignHeads, VerifyLog
from ports.audit import ChainedLogs

log_option = click.option(
    "--log",
    "name",
    type=click.Choice(sorted(CHAINS)),
    default="audit",
    show_default=True,
    help="What happened, or what people agreed to.",
)


@dataclass(frozen=True, slots=True)
class AuditCommands:
    logs: ChainedLogs
    verify_log: VerifyLog
    sign_heads: SignHeads
    write_evidence: WriteEvidence


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
        _verify_pack(assembly, file, key)
        return
    kept = [] if head is None else [json.loads(head.read_text(encoding="utf-8"))]

    async def work(parts: AuditCommands) -> tuple[tuple[int, str] | None, int]:
        return await parts.verify_log(name, kept), await parts.logs.length(name)

    broken, length = run_prepared(assembly, AuditCommands, work)
    if broken is not None:
        raise click.ClickException(f"Entry {broken[0]}: {broken[1]}.")
    click.echo(f"{length} entries, none of them changed.")


@audit.command("export")
@log_option
@pass_assembly
def export(assembly: Assembly, name: str) -> None:
    """Print every entry as a line of JSON, and sign the last one: its head is the last line."""

    async def work(parts: AuditCommands) -> None:
        await parts.sign_heads()
        async for entry in parts.logs.entries(name):
            click.echo(json.dumps(entry, ensure_ascii=False))
        for head in (await parts.logs.heads(name))[-1:]:
            click.echo(json.dumps(head))

    run_prepared(assembly, AuditCommands, work)


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

    async def work(parts: AuditCommands) -> Path:
        return await parts.write_evidence(folder)

    click.echo(str(run_prepared(assembly, AuditCommands, work)))


def _verify_pack(assembly: Assembly, file: Path, key: Path | None) -> None:
    if key is None:
        raise click.UsageError("Give the shop's public key: --key FILE.")
    try:
        problems = asyncio.run(assembly.verify_pack(file, key))
    except ValueError as error:
        raise click.ClickException(f"{key}: {error}") from error
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo(f"{file.name} is what the shop signed, and its logs are whole.")
