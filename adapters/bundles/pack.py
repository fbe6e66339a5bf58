"""Verifies an evidence pack without the database: its files, and each log in it."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from adapters.bundles import verification
from adapters.serialization.canonical import canonical
from core.application.audit.chain import CHAINS
from ports.signatures import IsSigned


async def verify(path: Path, is_signed: IsSigned) -> list[str]:
    """Return the problems, each with its file, or its log and entry; empty if there are none."""
    problems = verification.verify(path, is_signed)
    if problems:
        return problems
    with ZipFile(path) as archive:
        for name, chain in CHAINS.items():
            heads = list(_read(archive, f"{name}_heads"))
            broken = await chain.broken_at(_entries(archive, name), heads, canonical, is_signed)
            if broken is not None:
                problems.append(f"{name}: entry {broken[0]}: {broken[1]}")
    return problems


def _read(archive: ZipFile, section: str) -> Iterator[dict[str, Any]]:
    name = f"data/evidence/{section}.jsonl"
    if name in archive.namelist():
        with archive.open(name) as file:
            yield from map(json.loads, file)


async def _entries(archive: ZipFile, log: str) -> AsyncIterator[dict[str, Any]]:
    for entry in _read(archive, log):
        yield entry
