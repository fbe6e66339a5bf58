"""Writes a bundle: a zip file with records, a manifest and its signature.

``manifest.json`` lists all other files with size, SHA-256 and number of records.
``manifest.sig`` is its signature, which the shop's public key verifies.
"""

import asyncio
import hashlib
import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from adapters.bundles.page import page_of
from adapters.bundles.section import ManifestEntry, Section
from adapters.serialization.canonical import canonical
from ports.bundles import Contents, Records
from ports.signatures import Sign

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
FORMAT = "entrepot-bundle/1"
YIELD_INTERVAL = 200
"""Number of records after which the writer yields to the event loop."""


@dataclass(frozen=True, slots=True)
class ZipBundles:
    """Implements `ports.bundles.Bundles` with zip files."""

    sign: Sign

    async def write(self, path: Path, contents: Contents, records: Records) -> Path:
        return await Writer(path, self.sign).write(contents, records)


class Writer:
    """Writes record by record; the memory does not grow with the number of records."""

    def __init__(self, path: Path, sign: Sign) -> None:
        self._path = path
        self._sign = sign
        self._files: list[ManifestEntry] = []

    async def write(self, contents: Contents, records: Records) -> Path:
        """Write the bundle. The file gets its name when it is complete."""
        partial = self._path.with_suffix(".part")
        partial.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with ZipFile(partial, "w", ZIP_DEFLATED) as archive:
                await self._write_records(archive, records)
                self._add_file(archive, "information.json", canonical(contents.information))
                self._add_file(archive, "index.html", page_of(contents, self._files))
                manifest = canonical(self._manifest(contents))
                archive.writestr(MANIFEST, manifest)
                archive.writestr(SIGNATURE, canonical(self._sign(json.loads(manifest))))
            partial.replace(self._path)
        finally:
            partial.unlink(missing_ok=True)
        return self._path

    async def _write_records(self, archive: ZipFile, records: Records) -> None:
        section: Section | None = None
        with ExitStack() as open_section, ExitStack() as open_file:
            async for data_provider, record in records:
                name = f"{data_provider}/{record.section}"
                if section is None or section.name != name:
                    open_file.close()
                    await asyncio.to_thread(self._finish, archive, section)
                    open_section.close()
                    section = open_section.enter_context(Section(name))
                    file = open_file.enter_context(archive.open(section.entry.path, "w"))
                file.write(section.add(record.fields))
                if (section.entry.records or 0) % YIELD_INTERVAL == 0:
                    await asyncio.sleep(0)
            open_file.close()
            await asyncio.to_thread(self._finish, archive, section)

    def _finish(self, archive: ZipFile, section: Section | None) -> None:
        """Add the schema and the CSV table of a section, after its last record."""
        if section is None:
            return
        self._files.append(section.entry)
        self._add_file(archive, f"schema/{section.name}.json", canonical(section.schema()))
        table = ManifestEntry(f"csv/{section.name}.csv")
        hashed = hashlib.sha256()
        with archive.open(table.path, "w") as file:
            for line in section.table():
                file.write(line)
                hashed.update(line)
                table.size += len(line)
        table.sha256 = hashed.hexdigest()
        self._files.append(table)

    def _add_file(self, archive: ZipFile, path: str, content: bytes) -> None:
        archive.writestr(path, content)
        self._files.append(ManifestEntry(path, len(content), hashlib.sha256(content).hexdigest()))

    def _manifest(self, contents: Contents) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "request": contents.request,
            "profile": contents.profile,
            "made_at": contents.made_at.isoformat(),
            "subject_hash": contents.subject_hash,
            "inventory_hash": contents.inventory_hash,
            "data_providers": {
                "asked": list(contents.requested),
                "answered": [each for each in contents.requested if each not in contents.failed],
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
