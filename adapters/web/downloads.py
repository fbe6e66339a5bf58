"""Files that are written for one answer, and gone once it was sent."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from litestar.response import Stream

CHUNK = 1 << 16


async def sent_once(write: Callable[[Path], Awaitable[Path]]) -> Stream:
    """The zip that ``write`` puts into a folder, and says where it is.

    The folder goes with the last byte, when the reader goes away, or when writing fails.
    """
    folder = tempfile.TemporaryDirectory(prefix="bundle-")
    try:
        path = await write(Path(folder.name))
    except BaseException:
        folder.cleanup()
        raise
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
