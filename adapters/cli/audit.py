"""`entrepot audit`: verify, export and pack the hash-chained logs."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

import click

from adapters.cli.output import fail_with
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
    help="The audit log, or the log of consents.",
)


@dataclass(frozen=True, slots=True)
class AuditCommands:
    logs: ChainedLogs
    verify_log: VerifyLog
    sign_heads: SignHeads
    write_evidence: WriteEvidence


@click.group()
def audit() -> None:
    """Verify and export the logs. Each entry contains the hash of the entry before it."""


@audit.command("verify")
@log_option
@click.option(
    "--head",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file with a signed head from an earlier export.",
)
@click.option(
    "--pack",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check this evidence pack instead; the database is not needed.",
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --pack: a file with the output of `entrepot keys public`.",
)
@pass_assembly
def verify(
    assembly: Assembly, name: str, head: Path | None, file: Path | None, key: Path | None
) -> None:
    """Check every entry and every signed head.

    Exits with 1 if an entry is broken, and names the first one.
    """
    if file is not None:
        _verify_pack(assembly, file, key)
        return
    exported = [] if head is None else [json.loads(head.read_text(encoding="utf-8"))]

    async def work(parts: AuditCommands) -> tuple[tuple[int, str] | None, int]:
        return await parts.verify_log(name, exported), await parts.logs.length(name)

    broken, length = run_prepared(assembly, AuditCommands, work)
    if broken is not None:
        raise click.ClickException(f"Entry {broken[0]}: {broken[1]}.")
    click.echo(f"{length} entries verified, no changes found.")


@audit.command("export")
@log_option
@pass_assembly
def export(assembly: Assembly, name: str) -> None:
    """Print every entry as one line of JSON. The last line is the signed head of the log."""

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
    help="The folder for the pack.",
)
@pass_assembly
def pack_(assembly: Assembly, folder: Path) -> None:
    """Write a signed evidence pack. It contains no personal data."""

    async def work(parts: AuditCommands) -> Path:
        return await parts.write_evidence(folder)

    click.echo(str(run_prepared(assembly, AuditCommands, work)))


def _verify_pack(assembly: Assembly, file: Path, key: Path | None) -> None:
    if key is None:
        raise click.UsageError("--pack needs the shop's public key: --key FILE.")
    try:
        problems = asyncio.run(assembly.verify_pack(file, key))
    except ValueError as error:
        raise click.ClickException(f"{key}: {error}") from error
    fail_with(problems)
    click.echo(f"{file.name}: the signature is valid and the logs are complete.")
