"""Serves pictures and the shop's own static files, which granian's static routes cannot protect.

granian adds no headers of ours to the files that it serves itself. It still sends the content.
"""

import asyncio
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import cast

from litestar.types import HTTPScope, Message, Send

Headers = list[tuple[bytes, bytes]]

PATHSEND = "http.response.pathsend"
"""An ASGI extension: the server sends a file without copying it through Python."""
READS = {"GET", "HEAD"}
FINGERPRINT = b"v="
FOREVER = b"public, max-age=31536000, immutable"
SHORTLY = b"public, max-age=3600"
FILE_POLICY = b"default-src 'none'; sandbox"
"""A file that is opened on its own runs nothing: an SVG picture may contain scripts."""
FILE_HEADERS: Headers = [
    (b"content-security-policy", FILE_POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]
CONTENT_TYPES = {
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".js": "text/javascript",
    ".woff2": "font/woff2",
}
PLUGIN_SUFFIXES = frozenset(
    {".css", ".js", ".svg", ".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".woff2", ".json"}
)
"""The types of static files of plugins: none is a page."""


@dataclass(frozen=True, slots=True)
class FileFolders:
    """``folders`` by the prefix of their paths, such as ``/media/``.

    ``of_plugins`` are folders likewise, whose files have one of a few types.
    """

    folders: Mapping[str, Path]
    of_plugins: Mapping[str, Path] = field(default_factory=dict)

    async def send(self, scope: HTTPScope, send: Send) -> int | None:
        """Answer a request for a file. Returns the status; None if the path is of no folder."""
        path = scope["path"]
        for prefix, folder in self.of_plugins.items():
            if path.startswith(prefix):
                is_known = Path(path).suffix.lower() in PLUGIN_SUFFIXES
                file = _find(folder, path.removeprefix(prefix)) if is_known else None
                return await _send_file(file, scope, send)
        for prefix, folder in self.folders.items():
            if path.startswith(prefix):
                return await _send_file(_find(folder, path.removeprefix(prefix)), scope, send)
        return None


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    size: int
    etag: bytes


def _find(folder: Path, relative: str) -> _File | None:
    """The file; None if it is outside of the folder, hidden, or not a file."""
    try:
        path = (folder / relative).resolve()
        state = path.stat()
    except (OSError, ValueError):
        return None
    inside = path.is_relative_to(folder.resolve()) and S_ISREG(state.st_mode)
    if not inside or path.name.startswith("."):
        return None
    version = sha256(f"{state.st_mtime_ns}-{state.st_size}".encode()).hexdigest()[:20]
    return _File(path, state.st_size, b'"' + version.encode() + b'"')


async def _send_file(file: _File | None, scope: HTTPScope, send: Send) -> int:
    if file is None:
        return await _respond(send, 404, [])
    if scope["method"] not in READS:
        return await _respond(send, 405, [(b"allow", b"GET, HEAD")])
    immutable = FINGERPRINT in scope["query_string"]
    headers = [(b"etag", file.etag), (b"cache-control", FOREVER if immutable else SHORTLY)]
    if file.etag in dict(scope["headers"]).get(b"if-none-match", b""):
        return await _respond(send, 304, headers)
    headers += [
        (b"content-type", _content_type(file.path).encode()),
        (b"content-length", str(file.size).encode()),
    ]
    if scope["method"] == "HEAD":
        return await _respond(send, 200, headers)
    if PATHSEND not in (scope.get("extensions") or {}):
        return await _respond(send, 200, headers, await asyncio.to_thread(file.path.read_bytes))
    await send(_start(200, headers))
    await send(cast("Message", {"type": PATHSEND, "path": str(file.path)}))
    return 200


async def _respond(send: Send, status: int, headers: Headers, body: bytes = b"") -> int:
    await send(_start(status, headers))
    await send({"type": "http.response.body", "body": body, "more_body": False})
    return status


def _start(status: int, headers: Headers) -> Message:
    return {
        "type": "http.response.start",
        "status": status,
        "headers": [*headers, *FILE_HEADERS],
    }


def _content_type(file: Path) -> str:
    kind = CONTENT_TYPES.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0]
    return kind or "application/octet-stream"
