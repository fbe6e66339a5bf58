"""Everything that is known of a person, in one file that proves itself.

``manifest.json`` lists every other file with its size, SHA-256 and number of records;
``manifest.sig`` signs it. Whoever has the shop's public key needs nothing else.
"""

import asyncio
import hashlib
import html
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from adapters.evidence.section import Listed, Section
from adapters.evidence.signing import holds, signature_of
from adapters.serialization.canonical import canonical
from core.domain.privacy.records import Record

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
FORMAT = "entrepot-bundle/1"
CHUNK = 1 << 16
BREATH = 200
"""After so many records others are served, too."""
LARGEST_MANIFEST = 64 << 20

Records = AsyncIterator[tuple[str, Record]]
"""Records with the code of whoever keeps them, section by section."""


@dataclass(slots=True, kw_only=True)
class Contents:
    """What a manifest says beside the files. ``omissions`` say what is left out, and why.

    ``inventory_hash`` is the SHA-256 of the record of processing at that time.
    """

    request: str
    profile: str
    made_at: datetime
    subject_hash: str
    asked: Sequence[str]
    inventory_hash: str = ""
    failed: Sequence[str] = ()
    omissions: Sequence[Mapping[str, str]] = ()
    information: Mapping[str, Any] = field(default_factory=dict)


class Writer:
    """Writes a bundle record by record: memory does not grow with what is known."""

    def __init__(self, path: Path, signer: Ed25519PrivateKey) -> None:
        self._path = path
        self._signer = signer
        self._files: list[Listed] = []

    async def write(self, contents: Contents, records: Records) -> Path:
        """The bundle appears under its name when it is whole, and not before."""
        partial = self._path.with_suffix(".part")
        partial.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with ZipFile(partial, "w", ZIP_DEFLATED) as archive:
                await self._data(archive, records)
                self._file(archive, "information.json", canonical(contents.information))
                self._file(archive, "index.html", _page(contents, self._files))
                manifest = canonical(self._manifest(contents))
                archive.writestr(MANIFEST, manifest)
                archive.writestr(
                    SIGNATURE, canonical(signature_of(self._signer, json.loads(manifest)))
                )
            partial.replace(self._path)
        finally:
            partial.unlink(missing_ok=True)
        return self._path

    async def _data(self, archive: ZipFile, records: Records) -> None:
        section: Section | None = None
        with ExitStack() as spool, ExitStack() as entry:
            async for keeper, record in records:
                name = f"{keeper}/{record.section}"
                if section is None or section.name != name:
                    entry.close()
                    await asyncio.to_thread(self._conclude, archive, section)
                    spool.close()
                    section = spool.enter_context(Section(name))
                    file = entry.enter_context(archive.open(section.listed.path, "w"))
                file.write(section.add(record.fields))
                if (section.listed.records or 0) % BREATH == 0:
                    await asyncio.sleep(0)
            entry.close()
            await asyncio.to_thread(self._conclude, archive, section)

    def _conclude(self, archive: ZipFile, section: Section | None) -> None:
        """After its records: what its fields are, and the same as a table for people."""
        if section is None:
            return
        self._files.append(section.listed)
        self._file(archive, f"schema/{section.name}.json", canonical(section.schema()))
        table = Listed(f"csv/{section.name}.csv")
        hashed = hashlib.sha256()
        with archive.open(table.path, "w") as file:
            for line in section.table():
                file.write(line)
                hashed.update(line)
                table.size += len(line)
        table.sha256 = hashed.hexdigest()
        self._files.append(table)

    def _file(self, archive: ZipFile, path: str, content: bytes) -> None:
        archive.writestr(path, content)
        self._files.append(Listed(path, len(content), hashlib.sha256(content).hexdigest()))

    def _manifest(self, contents: Contents) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "request": contents.request,
            "profile": contents.profile,
            "made_at": contents.made_at.isoformat(),
            "subject_hash": contents.subject_hash,
            "inventory_hash": contents.inventory_hash,
            "keepers": {
                "asked": list(contents.asked),
                "answered": [each for each in contents.asked if each not in contents.failed],
                "failed": list(contents.failed),
            },
            "omissions": [dict(each) for each in contents.omissions],
            "files": [
                {
                    "path": each.path,
                    "size": each.size,
                    "sha256": each.sha256,
                    **({} if each.records is None else {"records": each.records}),
                }
                for each in sorted(self._files, key=lambda each: each.path)
            ],
        }


def verify(path: Path, key: Ed25519PublicKey) -> list[str]:
    """What is wrong with a bundle, file by file; empty if it is what the shop signed."""
    try:
        with ZipFile(path) as archive:
            return list(_problems(archive, key))
    except (BadZipFile, OSError) as error:
        return [f"{path.name}: is no bundle ({type(error).__name__})"]


def _problems(archive: ZipFile, key: Ed25519PublicKey) -> Iterable[str]:
    names = archive.namelist()
    yield from (f"{name}: is there twice" for name in sorted(set(names)) if names.count(name) > 1)
    yield from (f"{name}: leads out of the bundle" for name in names if _leaves(name))
    missing = [name for name in (MANIFEST, SIGNATURE) if name not in names]
    if missing:
        yield from (f"{name}: is missing" for name in missing)
        return
    try:
        manifest = _strict(_read(archive, MANIFEST))
        signature = _strict(_read(archive, SIGNATURE))
    except (ValueError, BadZipFile) as error:
        yield f"{MANIFEST}: {error}"
        return
    if not holds(key, manifest, signature):
        yield f"{MANIFEST}: was not signed with this key"
        return
    if _read(archive, MANIFEST) != canonical(manifest):
        yield f"{MANIFEST}: is not in its canonical form"
    yield from _of_files(archive, {each["path"]: each for each in manifest["files"]})


def _of_files(archive: ZipFile, listed: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    there = set(archive.namelist())
    for name in sorted(there - set(listed) - {MANIFEST, SIGNATURE}):
        yield f"{name}: is not listed"
    for name in sorted(set(listed) - there):
        yield f"{name}: is missing"
    for name in sorted(set(listed) & there):
        yield from _of_file(archive, name, listed[name])


def _of_file(archive: ZipFile, name: str, listed: Mapping[str, Any]) -> Iterable[str]:
    hashed, size, lines = hashlib.sha256(), 0, 0
    try:
        with archive.open(name) as file:
            while chunk := file.read(CHUNK):
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
    if archive.getinfo(name).file_size > LARGEST_MANIFEST:
        raise ValueError("is too large")
    return archive.read(name)


def _strict(content: bytes) -> Any:
    """JSON without a key that is there twice."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        document = dict(found)
        if len(document) != len(found):
            raise ValueError("has a key twice")
        return document

    return json.loads(content, object_pairs_hook=pairs)


def _leaves(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name


def _page(contents: Contents, files: Sequence[Listed]) -> bytes:
    rows = "".join(
        f"<tr><td><a href='{html.escape(each.path)}'>{html.escape(each.path)}</a></td>"
        f"<td>{'' if each.records is None else each.records}</td></tr>"
        for each in files
    )
    purposes = "".join(
        f"<tr><td>{html.escape(each['name'])}</td><td>{html.escape(each['basis'])}</td>"
        f"<td>{html.escape(each['retention'])}</td></tr>"
        for each in contents.information.get("purposes", ())
    )
    return (
        "<!doctype html><html lang='zh'><meta charset='utf-8'><title>个人信息副本 · Your data"
        "</title><h1>个人信息副本 · Your data</h1>"
        f"<p>{html.escape(contents.request)} · {contents.made_at:%Y-%m-%d %H:%M} UTC</p>"
        f"<table><tr><th>文件 · File</th><th>记录 · Records</th></tr>{rows}</table>"
        "<h2>目的 · Purposes</h2><table><tr><th>目的 · Purpose</th><th>依据 · Basis</th>"
        f"<th>保存期限 · Kept</th></tr>{purposes}</table></html>"
    ).encode()
