"""Everything that is known of a person, in one file that proves itself.

``manifest.json`` lists every other file with its size, SHA-256 and number of records;
``manifest.sig`` signs it. Whoever has the shop's public key needs nothing else.
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
from adapters.bundles.section import Listed, Section
from adapters.serialization.canonical import canonical
from ports.bundles import Contents, Records
from ports.signatures import Sign

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
FORMAT = "entrepot-bundle/1"
BREATH = 200
"""After so many records others are served, too."""


@dataclass(frozen=True, slots=True)
class ZipBundles:
    """Bundles as zip files, as `ports.bundles.Bundles`."""

    sign: Sign

    async def write(self, path: Path, contents: Contents, records: Records) -> Path:
        return await Writer(path, self.sign).write(contents, records)


class Writer:
    """Writes a bundle record by record: memory does not grow with what is known."""

    def __init__(self, path: Path, sign: Sign) -> None:
        self._path = path
        self._sign = sign
        self._files: list[Listed] = []

    async def write(self, contents: Contents, records: Records) -> Path:
        """The bundle appears under its name when it is whole, and not before."""
        partial = self._path.with_suffix(".part")
        partial.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with ZipFile(partial, "w", ZIP_DEFLATED) as archive:
                await self._data(archive, records)
                self._file(archive, "information.json", canonical(contents.information))
                self._file(archive, "index.html", page_of(contents, self._files))
                manifest = canonical(self._manifest(contents))
                archive.writestr(MANIFEST, manifest)
                archive.writestr(SIGNATURE, canonical(self._sign(json.loads(manifest))))
            partial.replace(self._path)
        finally:
            partial.unlink(missing_ok=True)
        return self._path

    async def _data(self, archive: ZipFile, records: Records) -> None:
        section: Section | None = None
        with ExitStack() as staging, ExitStack() as entry:
            async for data_provider, record in records:
                name = f"{data_provider}/{record.section}"
                if section is None or section.name != name:
                    entry.close()
                    await asyncio.to_thread(self._conclude, archive, section)
                    staging.close()
                    section = staging.enter_context(Section(name))
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
