"""Downloads from a temporary file that is deleted after the response."""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from litestar.response import Stream

CHUNK = 1 << 16


async def stream_download(write: Callable[[Path], Awaitable[Path]]) -> Stream:
    """Stream the zip file that ``write`` puts into a temporary folder; it returns the path.

    The folder is deleted after the last byte, on disconnect, or if ``write`` fails.
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
