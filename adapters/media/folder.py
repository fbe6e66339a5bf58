"""Media in a folder."""

import asyncio
from pathlib import Path, PurePosixPath

from ports.errors import Rejected

KINDS = {".svg", ".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif"}
ELSEWHERE = ("http://", "https://", "/")


class FolderMedia:
    """``address`` is what stands before a path: ``/media``, or a CDN's address."""

    def __init__(self, folder: Path, address: str = "/media") -> None:
        self._folder = folder
        self._address = address.rstrip("/")

    async def put(self, path: str, content: bytes) -> None:
        wanted = PurePosixPath(path)
        if wanted.is_absolute() or ".." in wanted.parts or path.startswith("."):
            raise Rejected(f"“{path}” is not a path inside of the media store.")
        if wanted.suffix.lower() not in KINDS:
            raise Rejected(f"“{path}” is not a picture: {', '.join(sorted(KINDS))}.")
        await asyncio.to_thread(self._write, self._folder / wanted, content)

    def address(self, path: str) -> str:
        return path if path.startswith(ELSEWHERE) else f"{self._address}/{path}"

    @staticmethod
    def _write(target: Path, content: bytes) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.part")
        partial.write_bytes(content)
        partial.replace(target)
