"""An HTTP client with persistent connections and low overhead, and the measurement."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import psutil

CONNECTIONS = 8


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Visitor:
    """One connection with its own cookies, like one browser."""

    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, accept: str = "text/html") -> Answer:
        return await self._send("GET", path, b"", accept)

    async def post(self, path: str, body: bytes) -> Answer:
        return await self._send("POST", path, body, "text/html")

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    async def _send(self, method: str, path: str, body: bytes, accept: str) -> Answer:
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        host = f"{self.host}:{self.port}"
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {host}",
            f"Accept: {accept}",
            f"Origin: http://{host}",
        ]
        if self.cookies:
            pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            lines.append(f"Cookie: {pairs}")
        if method == "POST":
            lines.append("Content-Type: application/x-www-form-urlencoded")
            lines.append(f"Content-Length: {len(body)}")
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return await self._receive(self._reader)

    async def _receive(self, reader: asyncio.StreamReader) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition(";")[0].partition("=")
                self.cookies[cookie] = rest
            elif name:
                headers[name.lower()] = value
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(await reader.readline(), 16):
                body += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
        else:
            body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(head[0].split()[1]), headers, body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """``cpu`` is the CPU time of the server per scenario, in microseconds."""

    name: str
    per_second: float
    p99_ms: float
    cpu: float


def cpu_seconds(server: psutil.Process) -> float:
    """User and system time of the server and its workers."""
    total = 0.0
    for process in (server, *server.children(recursive=True)):
        times = process.cpu_times()
        total += times.user + times.system
    return total


async def measure(
    name: str,
    server: psutil.Process,
    address: tuple[str, int],
    scenario: Callable[[Visitor], Awaitable[None]],
    count: int,
) -> Result:
    """Run a scenario ``count`` times over eight connections, after a warm-up of a tenth."""
    visitors = [Visitor(*address) for _ in range(CONNECTIONS)]
    await _share(visitors, scenario, max(count // 10, CONNECTIONS))
    before, started = cpu_seconds(server), time.perf_counter()
    times = await _share(visitors, scenario, count)
    elapsed, cpu = time.perf_counter() - started, cpu_seconds(server) - before
    for visitor in visitors:
        await visitor.close()
    times.sort()
    return Result(
        name=name,
        per_second=count / elapsed,
        p99_ms=times[int(len(times) * 0.99)] * 1_000,
        cpu=cpu / count * 1e6,
    )


async def _share(
    visitors: Sequence[Visitor], scenario: Callable[[Visitor], Awaitable[None]], count: int
) -> list[float]:
    remaining = iter(range(count))
    times: list[float] = []

    async def work(visitor: Visitor) -> None:
        for _ in remaining:
            started = time.perf_counter()
            await scenario(visitor)
            times.append(time.perf_counter() - started)

    await asyncio.gather(*(work(visitor) for visitor in visitors))
    return times
