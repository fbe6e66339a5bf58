"""Verifies a bundle without the database, file by file."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile, ZipFile

from adapters.bundles.writer import MANIFEST, SIGNATURE
from adapters.serialization.canonical import canonical
from ports.signatures import IsSigned

CHUNK_BYTES = 1 << 16
MAX_MANIFEST_BYTES = 64 << 20


def verify(path: Path, is_signed: IsSigned) -> list[str]:
    """Return the problems of a bundle, each with its file; empty if there are none."""
    try:
        with ZipFile(path) as archive:
            return list(_problems(archive, is_signed))
    except (BadZipFile, OSError) as error:
        return [f"{path.name}: is not a bundle ({type(error).__name__})"]


def _problems(archive: ZipFile, is_signed: IsSigned) -> Iterable[str]:
    names = archive.namelist()
    yield from (
        f"{name}: is in the bundle twice" for name in sorted(set(names)) if names.count(name) > 1
    )
    yield from (f"{name}: has a path outside of the bundle" for name in names if _is_outside(name))
    missing = [name for name in (MANIFEST, SIGNATURE) if name not in names]
    if missing:
        yield from (f"{name}: is missing" for name in missing)
        return
    try:
        manifest = _parsed(_read(archive, MANIFEST))
        signature = _parsed(_read(archive, SIGNATURE))
    except (ValueError, BadZipFile) as error:
        yield f"{MANIFEST}: {error}"
        return
    if not is_signed(manifest, signature):
        yield f"{MANIFEST}: the signature does not match this key"
        return
    if _read(archive, MANIFEST) != canonical(manifest):
        yield f"{MANIFEST}: is not in its canonical form"
    yield from _file_problems(archive, {each["path"]: each for each in manifest["files"]})


def _file_problems(archive: ZipFile, listed: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    names = set(archive.namelist())
    for name in sorted(names - set(listed) - {MANIFEST, SIGNATURE}):
        yield f"{name}: is not listed"
    for name in sorted(set(listed) - names):
        yield f"{name}: is missing"
    for name in sorted(set(listed) & names):
        yield from _problems_of(archive, name, listed[name])


def _problems_of(archive: ZipFile, name: str, listed: Mapping[str, Any]) -> Iterable[str]:
    hashed, size, lines = hashlib.sha256(), 0, 0
    try:
        with archive.open(name) as file:
            while chunk := file.read(CHUNK_BYTES):
                hashed.update(chunk)
                size += len(chunk)
                lines += chunk.count(b"\n")
                if size > listed["size"]:
                    break
    except (BadZipFile, OSError, EOFError, ValueError) as error:
        yield f"{name}: cannot be read ({type(error).__name__})"
        return
    if size != listed["size"] or hashed.hexdigest() != listed["sha256"]:
        yield f"{name}: was changed"
    elif "records" in listed and lines != listed["records"]:
        yield f"{name}: has {lines} records, {listed['records']} are listed"


def _read(archive: ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > MAX_MANIFEST_BYTES:
        raise ValueError("is too large")
    return archive.read(name)


def _parsed(content: bytes) -> Any:
    """Parse JSON; refuse a duplicate key, which parsers resolve differently."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        document = dict(pairs)
        if len(document) != len(pairs):
            raise ValueError("has a key twice")
        return document

    return json.loads(content, object_pairs_hook=unique)


def _is_outside(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name
