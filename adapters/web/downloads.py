"""Files that are written for one answer, and gone once it was sent."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from litestar.response import Stream

CHUNK = 1 << 16


def passing_folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="bundle-")


def sent_once(path: Path, folder: "tempfile.TemporaryDirectory[str]") -> Stream:
    """The zip at ``path``; its folder goes with the last byte, or when the reader goes away."""
    return Stream(
        _chunks(path, folder),
        media_type="application/zip",
        headers={
            "content-disposition": f'attachment; filename="{path.name}"',
            "cache-control": "private, no-store",
        },
    )


async def _chunks(path: Path, folder: "tempfile.TemporaryDirectory[str]") -> AsyncIterator[bytes]:
    with folder, path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
