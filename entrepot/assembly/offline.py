"""Verifies bundles and evidence packs without a shop."""

import asyncio
from functools import partial
from pathlib import Path

from adapters.bundles import pack, verification
from adapters.security.signatures import read_public_pem, verify_signature
from ports.signatures import IsSigned


def verify_bundle(file: Path, key: Path) -> list[str]:
    return verification.verify(file, _verifier(key))


async def verify_pack(file: Path, key: Path) -> list[str]:
    return await pack.verify(file, await asyncio.to_thread(_verifier, key))


def _verifier(file: Path) -> IsSigned:
    return partial(verify_signature, read_public_pem(file.read_text(encoding="utf-8")))
