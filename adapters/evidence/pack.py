"""An evidence pack, checked without the shop: the file as a whole, and each log in it."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adapters.evidence import bundle
from adapters.evidence.chain import CHAINS


async def verify(path: Path, key: Ed25519PublicKey) -> list[str]:
    """What is wrong, by file or by log and entry; empty if nothing is."""
    problems = bundle.verify(path, key)
    if problems:
        return problems
    with ZipFile(path) as archive:
        for name, chain in CHAINS.items():
            heads = list(_read(archive, f"{name}_heads"))
            broken = await chain.broken_at(_entries(archive, name), heads, key)
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
